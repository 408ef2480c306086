import type { Chat, ChatError, ChatMessage, MuteNotice } from '/sdk/index.js';
import { type ChatModeration, createChatMessage } from './chat-message.ts';
import { refusalText, targetKey, targetOf } from './chat-text.ts';
import { pageElement } from './page-element.ts';

/** More than anybody reads again. */
const mostMessages = 200;
/** Whoever has scrolled up further than this reads what was said before, and is left there. */
const nearEndPixels = 60;

/** The chat beside the picture, on the watch page and on the page of the host. */
export class ChatPanel {
  readonly #section = pageElement('chat', HTMLElement);
  readonly #log = pageElement('chat-log', HTMLElement);
  readonly #list = pageElement('chat-messages', HTMLElement);
  readonly #form = pageElement('chat-form', HTMLFormElement);
  readonly #input = pageElement('chat-input', HTMLInputElement);
  readonly #name = pageElement('chat-name', HTMLInputElement);
  readonly #status = pageElement('chat-status', HTMLElement);
  readonly #presence = pageElement('chat-presence', HTMLElement);
  readonly #muted = new Set<string>();
  readonly #moderation: ChatModeration;
  #chat: Chat | undefined;

  /** @param onName is told of the name that somebody wants to go by from now on */
  constructor(name: string | undefined, onName: (name: string) => void) {
    // So that the keyboard can scroll it.
    this.#log.tabIndex = 0;
    this.#name.value = name ?? '';
    this.#name.addEventListener('change', () => onName(this.#name.value.trim()));
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#send();
    });
    for (const button of this.#section.querySelectorAll<HTMLElement>('[data-emoji]'))
      button.addEventListener('click', () => this.#chat?.react(button.dataset.emoji ?? ''));
    this.#moderation = {
      isMuted: (key) => this.#muted.has(key),
      remove: ({ id }) => this.#attempt(this.#chat?.remove(id)),
      setMuted: ({ from }, muted) => {
        const target = targetOf(from);
        if (target) this.#attempt(muted ? this.#chat?.mute(target) : this.#chat?.unmute(target));
      },
      kick: ({ from }) => this.#attempt(from.session_id === null ? undefined : this.#chat?.kick(from.session_id)),
    };
    this.#render();
  }

  /** What is shown and spoken into from now on. */
  attach(chat: Chat): void {
    this.#chat = chat;
    chat.on('joined', () => this.#render());
    chat.on('history', (messages) => this.#showHistory(messages));
    chat.on('chat', (message) => this.#add([message]));
    chat.on('removed', (id) => this.#list.querySelector(`[data-message-id="${CSS.escape(id)}"]`)?.remove());
    chat.on('muted', (notice) => this.#onMuted(notice));
    chat.on('error', (error) => this.#say(refusalText(error)));
    chat.on('presence', ({ memberCount }) => {
      this.#presence.textContent = memberCount === 1 ? 'You are alone here' : `${memberCount} here`;
    });
    this.#render();
  }

  #render(): void {
    const me = this.#chat?.me;
    const mayModerate = me?.role === 'host' || me?.role === 'moderator';
    this.#section.classList.toggle('moderates', mayModerate);
    this.#section.classList.toggle('off', me?.enabled === false);
    // A name from a token is not to be changed here.
    this.#name.disabled = me !== undefined && me.name !== null && me.name !== this.#name.value.trim();
    const isClosed = me?.enabled === false || me?.muted === true;
    this.#input.disabled = isClosed;
    if (me?.enabled === false) this.#say('There is no chat in this room.');
    else if (me?.muted) this.#say('You were muted in this chat.');
    if (me) this.#input.maxLength = me.max_characters;
    const pause = me?.slow_mode_seconds ?? 0;
    this.#input.placeholder = pause > 0 && !mayModerate ? `One message each ${pause} s` : 'Say something';
  }

  #showHistory(messages: readonly ChatMessage[]): void {
    this.#list.replaceChildren();
    this.#add(messages);
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  #add(messages: readonly ChatMessage[]): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < nearEndPixels;
    this.#list.append(...messages.map((message) => createChatMessage(message, this.#moderation)));
    while (this.#list.childElementCount > mostMessages) this.#list.firstElementChild?.remove();
    if (isAtEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #onMuted({ muted, identity, session_id }: MuteNotice): void {
    const me = this.#chat?.me;
    const isMe = identity === null ? session_id === me?.session_id : identity === me?.identity;
    if (isMe) {
      this.#input.disabled = muted;
      this.#say(muted ? 'You were muted in this chat.' : 'You may speak again.');
    }
    if (identity !== null) this.#remember(targetKey({ identity }), muted);
    else if (session_id !== null) this.#remember(targetKey({ sessionId: session_id }), muted);
  }

  #remember(key: string, muted: boolean): void {
    if (muted) this.#muted.add(key);
    else this.#muted.delete(key);
  }

  async #send(): Promise<void> {
    const text = this.#input.value.trim();
    if (text === '' || this.#chat === undefined) return;
    this.#input.value = '';
    this.#say('');
    try {
      await this.#chat.send(text);
    } catch (error) {
      // What was not sent is not lost, unless the next one is being written already.
      if (this.#input.value === '') this.#input.value = text;
      this.#sayError(error);
    }
  }

  #attempt(done: Promise<void> | undefined): void {
    done?.then(
      () => this.#say(''),
      (error: unknown) => this.#sayError(error),
    );
  }

  #sayError(error: unknown): void {
    this.#say(isChatError(error) ? refusalText(error) : String(error));
  }

  #say(text: string): void {
    this.#status.textContent = text;
  }
}

/** By its shape, for pages that load the SDK by one file or by another. */
function isChatError(error: unknown): error is ChatError {
  return error instanceof Error && 'code' in error;
}
