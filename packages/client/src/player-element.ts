import { PlayerAttributes } from './player-attributes.ts';
import { PlayerControls } from './player-controls.ts';
import { createParts, type PlayerParts } from './player-parts.ts';
import { PlayerView } from './player-view.ts';
import type { SessionOptions } from './session.ts';
import { type WatchEvents, type WatchOptions, type WatchSession, watch } from './watch.ts';
import type { WatchStats } from './watch-stats.ts';

/** What the element tells: all events of its session, and its figures. */
export interface PlayerEvents extends WatchEvents {
  /** It watches by a new session: at first, and after a change of what it watches. For `session.chat`. */
  session: WatchSession;
  /** Once a second while it is live and its page is seen. */
  stats: WatchStats;
}

const forwarded: readonly (keyof WatchEvents)[] = [
  ...(['state', 'live', 'waiting', 'reconnecting', 'ended', 'error', 'room', 'viewer-count', 'hosts'] as const),
  ...(['active-speaker', 'layer', 'qualities', 'quality', 'sound-blocked', 'play-blocked'] as const),
];
/** What a page may have set before this file was there. */
const properties = ['room', 'server', 'token', 'userId', 'name', 'chat', 'poster', 'autoplay', 'controls', 'muted'];
const statsIntervalMs = 1_000;

/**
 * `<bitbasel-player room="gallery" controls autoplay>`: watches a room, and shows all that a viewer needs.
 * It connects when it is in a page and has a room, and leaves when it is taken out.
 */
export class BitbaselPlayer extends PlayerAttributes {
  static readonly observedAttributes = [
    ...['room', 'server', 'token', 'user-id', 'name', 'chat', 'poster', 'muted', 'controls'],
  ];

  readonly #parts: PlayerParts;
  readonly #controls: PlayerControls;
  readonly #view: PlayerView;
  #token: SessionOptions['token'];
  #session: WatchSession | undefined;
  #isDue = false;
  /** What the session was made of. */
  #watched: readonly unknown[] = [];
  #statsTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.#parts = createParts(this.attachShadow({ mode: 'open' }));
    this.#parts.controls.hidden = true;
    this.#view = new PlayerView(this.#parts);
    this.#controls = new PlayerControls(this, this.#parts);
    this.#controls.render();
  }

  /** Undefined while the element is in no page, or has no room. Another one after a change of what it watches. */
  get session(): WatchSession | undefined {
    return this.#session;
  }

  /** For what the element does not do by itself, such as picture in picture. */
  get video(): HTMLVideoElement {
    return this.#parts.video;
  }

  /** A token, or what fetches one. A function can be given by this property alone. */
  get token(): SessionOptions['token'] {
    return this.#token ?? this.getAttribute('token') ?? undefined;
  }

  set token(token: SessionOptions['token']) {
    this.#token = token;
    this.#restartLater();
  }

  /** Whether it is without sound now. The attribute says how it begins. */
  get muted(): boolean {
    return this.#parts.video.muted;
  }

  set muted(muted: boolean) {
    if (!muted && this.#session) void this.#session.unmute();
    else this.#parts.video.muted = muted;
  }

  /** From 0 to 1. */
  get volume(): number {
    return this.#parts.video.volume;
  }

  set volume(volume: number) {
    this.#parts.video.volume = volume;
  }

  get paused(): boolean {
    return this.#parts.video.paused;
  }

  async play(): Promise<void> {
    await this.#session?.play();
  }

  pause(): void {
    this.#parts.video.pause();
  }

  /** Calls `listener` with the detail of every event of this type; the returned function ends that. */
  on<Type extends keyof PlayerEvents>(type: Type, listener: (detail: PlayerEvents[Type]) => void): () => void {
    const handle = (event: Event) => listener((event as CustomEvent<PlayerEvents[Type]>).detail);
    this.addEventListener(type, handle);
    return () => this.removeEventListener(type, handle);
  }

  /**
   * Does what a key does in the player, for pages that hand on keys from elsewhere.
   * @returns whether it has done something
   */
  handleKey(event: KeyboardEvent): boolean {
    return this.#controls.onKey(event);
  }

  connectedCallback(): void {
    for (const name of properties) this.#upgrade(name);
    this.#restartLater();
  }

  disconnectedCallback(): void {
    this.#restartLater();
  }

  attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    if (before === value) return;
    if (name === 'controls') this.#parts.controls.hidden = value === null;
    else if (name === 'muted') this.#parts.video.muted = value !== null;
    else if (name === 'poster') this.#parts.video.poster = value ?? '';
    else this.#restartLater();
  }

  /** A property that was set before the element was one lies over the accessor. */
  #upgrade(name: string): void {
    if (!Object.hasOwn(this, name)) return;
    const value: unknown = Reflect.get(this, name);
    Reflect.deleteProperty(this, name);
    Reflect.set(this, name, value);
  }

  /** Once for all that changes together, and not at all for an element that is only moved. */
  #restartLater(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#restart();
    });
  }

  #restart(): void {
    const isWanted = this.isConnected && this.room !== '';
    const wanted = isWanted ? [this.room, this.server, this.token, this.userId, this.name, this.chat] : [];
    const isSame = wanted.length === this.#watched.length && wanted.every((value, i) => value === this.#watched[i]);
    if (isSame) return;
    this.#watched = wanted;
    // What follows another session in the same player plays as that did.
    const autoplay = this.autoplay || !this.#parts.video.paused;
    // What it tells of its end is told before it is forgotten.
    this.#session?.close();
    this.#session = undefined;
    clearTimeout(this.#statsTimer);
    if (isWanted && typeof RTCPeerConnection === 'undefined') {
      this.#attach(undefined);
      this.#view.showNotSupported();
      return;
    }
    this.#attach(isWanted ? this.#watch(autoplay) : undefined);
  }

  #watch(autoplay: boolean): WatchSession {
    const { server, userId, name, token, chat } = this;
    const options: WatchOptions = {
      ...{ autoplay, muted: this.#parts.video.muted, chat },
      ...(server !== '' && { server }),
      ...(userId !== '' && { userId }),
      ...(name !== '' && { name }),
      ...(token !== undefined && { token }),
    };
    return watch(this.room, this.#parts.video, options);
  }

  #attach(session: WatchSession | undefined): void {
    this.#session = session;
    this.#view.attach(session);
    this.#controls.attach(session);
    if (session === undefined) return;
    const isCurrent = () => session === this.#session;
    for (const type of forwarded)
      session.addEventListener(type, (event) => {
        if (isCurrent()) {
          this.#view.render();
          this.#controls.render();
        }
        this.dispatchEvent(new CustomEvent(type, { detail: (event as CustomEvent<unknown>).detail }));
      });
    this.dispatchEvent(new CustomEvent('session', { detail: session }));
    this.#readStats(session);
  }

  #readStats(session: WatchSession): void {
    this.#statsTimer = setTimeout(async () => {
      if (session.state === 'live' && !document.hidden) {
        const stats = await session.stats();
        if (session !== this.#session) return;
        this.#view.showDelay(stats.delayMs);
        this.dispatchEvent(new CustomEvent('stats', { detail: stats }));
      } else this.#view.showDelay(null);
      this.#readStats(session);
    }, statsIntervalMs);
  }
}
