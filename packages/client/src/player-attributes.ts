/** Servers that render pages load this file too, and have no elements. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** The player's attributes, each a property too. */
export class PlayerAttributes extends Base {
  get room(): string {
    return this.getAttribute('room') ?? '';
  }

  set room(room: string) {
    this.setAttribute('room', room);
  }

  /** Base URL of the media server. Empty: where the page came from. */
  get server(): string {
    return this.getAttribute('server') ?? '';
  }

  set server(server: string) {
    this.setAttribute('server', server);
  }

  /** Who this is, for the server's records. */
  get userId(): string {
    return this.getAttribute('user-id') ?? '';
  }

  set userId(userId: string) {
    this.setAttribute('user-id', userId);
  }

  /** Shown to others in the chat. */
  get name(): string {
    return this.getAttribute('name') ?? '';
  }

  set name(name: string) {
    this.setAttribute('name', name);
  }

  /** Take part in the chat, `session.chat`, from the start. The player shows none by itself. */
  get chat(): boolean {
    return this.hasAttribute('chat');
  }

  set chat(chat: boolean) {
    this.toggleAttribute('chat', chat);
  }

  /** Shown before the first picture. */
  get poster(): string {
    return this.getAttribute('poster') ?? '';
  }

  set poster(poster: string) {
    this.setAttribute('poster', poster);
  }

  /** Play by itself, with sound where the browser lets it. */
  get autoplay(): boolean {
    return this.hasAttribute('autoplay');
  }

  set autoplay(autoplay: boolean) {
    this.toggleAttribute('autoplay', autoplay);
  }

  get controls(): boolean {
    return this.hasAttribute('controls');
  }

  set controls(controls: boolean) {
    this.toggleAttribute('controls', controls);
  }
}
