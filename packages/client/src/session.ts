import type { ActiveSpeaker, ClientMessage, HostView, RoomInfo, ServerMessage } from '@bitbasel/protocol';
import { Attempt } from './attempt.ts';
import { retryDelayMs } from './back-off.ts';
import type { Chat, ChatOptions } from './chat.ts';
import type { ShownHost } from './host-streams.ts';
import type { Negotiation } from './negotiation.ts';
import { NetworkWatch } from './network-watch.ts';
import { ServerClock } from './server-clock.ts';
import { SessionChat } from './session-chat.ts';
import { StreamError } from './stream-error.ts';
import { TypedEventTarget } from './typed-event-target.ts';

/**
 * `connecting` at first; `waiting` while a viewer's room has no host; `live` while media flows; `reconnecting` between
 * a failure and the next `live` or `waiting`. Final: `ended` (the room is gone), `failed` (see `error`), `closed`
 * (by `close()`).
 */
export type SessionState = 'connecting' | 'waiting' | 'live' | 'reconnecting' | 'ended' | 'failed' | 'closed';

type FinalState = Extract<SessionState, 'ended' | 'failed' | 'closed'>;

const finalStates: readonly SessionState[] = ['ended', 'failed', 'closed'];

/** Why a session is over: the server's reason (`stopped`, `idle`) for a room that is gone, else its final state. */
export interface SessionEnd {
  readonly reason: 'stopped' | 'idle' | 'failed' | 'closed';
  /** Where it failed. */
  readonly error: StreamError | undefined;
}

/** How long a connection must have held for the back-off to start over. */
const stableAfterMs = 10_000;

export interface SessionEvents {
  /** Each change of the state. The four events after this one tell of some of them by name. */
  state: SessionState;
  live: null;
  waiting: null;
  /** With what went wrong. */
  reconnecting: StreamError;
  /** Once, however it came to its end. */
  ended: SessionEnd;
  /** Each failure: of those that are retryable the session recovers by itself. */
  error: StreamError;
  room: RoomInfo;
  'viewer-count': number;
  /** In rooms that take several hosts: who they are now, and in which streams. */
  hosts: ShownHost[];
  /** In rooms that take several hosts: who speaks now; null where that host has gone. */
  'active-speaker': ActiveSpeaker | null;
}

export interface SessionOptions extends ChatOptions {
  /** Base URL of the media server. Default: where the page came from. */
  server?: string;
  /** Who this is, for the server's records. */
  userId?: string;
  /** Where the server asks for one: a token, or what fetches one, for each connection that needs it. */
  token?: string | (() => string | Promise<string>);
  /** Closes the session, like `close()`. One that is aborted already opens no connection. */
  signal?: AbortSignal;
}

/** The resume secret is good no more, whatever the token may be. */
function isRefusal(code: string): boolean {
  return code === 'resume_refused' || code === 'token_expired';
}

/** What publishing and watching share: a connection that is kept up, and what is known of the room. */
export class Session<Events extends SessionEvents = SessionEvents> extends TypedEventTarget<Events> {
  readonly room: string;
  /** The server's wall clock; media delays are measured against it. */
  readonly clock = new ServerClock();
  readonly #chat: SessionChat;
  #url: URL;
  readonly #negotiation: Negotiation;
  readonly #token: SessionOptions['token'];
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = () => this.close();
  #network: NetworkWatch | undefined;
  /** Leads back to the place that was lost, without a token. */
  #resumeSecret: string | undefined;
  #attempt: Attempt | undefined;
  #state: SessionState = 'connecting';
  #error: StreamError | undefined;
  #viewerCount = 0;
  #hasHost = true;
  #failures = 0;
  #liveSinceMs: number | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  /** Counts the tries, of which only the latest may go on. */
  #tries = 0;
  /** Asked to come back no sooner. */
  #notBeforeMs = 0;

  constructor(room: string, options: SessionOptions, negotiation: Negotiation) {
    super();
    this.room = room;
    this.#url = signalUrl(room, options.server ?? location.origin);
    this.#negotiation = negotiation;
    this.#token = options.token;
    this.#chat = new SessionChat(options, (message) => this.#attempt?.send(message) ?? false);
    this.#signal = options.signal;
    if (this.#signal?.aborted) {
      this.#state = 'closed';
      return;
    }
    this.#signal?.addEventListener('abort', this.#onAbort);
    this.#network = new NetworkWatch(() => this.#onNetworkChange());
    this.#connect();
  }

  get chat(): Chat {
    return this.#chat;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The latest failure: the reason while `reconnecting` or `failed`; undefined when all is well. */
  get error(): StreamError | undefined {
    return this.#error;
  }

  get viewerCount(): number {
    return this.#viewerCount;
  }

  /** Leaves the room and frees everything. Idempotent. The media stream given to `publish` stays the caller's. */
  close(): void {
    this.#end('closed');
  }

  /** Connects anew, to what the negotiation wants now. The server keeps the place. */
  protected restart(): void {
    if (finalStates.includes(this.#state)) return;
    clearTimeout(this.#retryTimer);
    this.#attempt?.close(false);
    this.#attempt = undefined;
    this.#chat.onLost();
    this.#liveSinceMs = undefined;
    this.#setState('connecting');
    this.#connect();
  }

  /** What is for hosts or for viewers alone. */
  protected receive(_message: ServerMessage): void {}

  /** For messages of the moment: nothing is kept for the next connection. */
  protected send(message: ClientMessage): void {
    this.#attempt?.send(message);
  }

  /** The connection's statistics; empty while there is none. */
  protected async report(): Promise<RTCStatsReport | undefined> {
    return this.#attempt?.peer.getStats();
  }

  /** A host is not sent the others. */
  protected shownHosts(hosts: readonly HostView[]): ShownHost[] {
    return hosts.map(({ user_id, is_main }) => ({ userId: user_id, isMain: is_main, stream: null }));
  }

  #connect(): void {
    this.#retryTimer = undefined;
    this.#tries += 1;
    const credential = this.#resumeSecret ?? this.#token;
    if (typeof credential !== 'function') this.#connectWith(credential);
    else void this.#fetchToken(credential);
  }

  async #fetchToken(fetchToken: () => string | Promise<string>): Promise<void> {
    const thisTry = this.#tries;
    const isWanted = () => thisTry === this.#tries && !finalStates.includes(this.#state);
    try {
      const token = await fetchToken();
      if (isWanted()) this.#connectWith(token);
    } catch (cause) {
      if (isWanted()) this.#onFailure(tokenUnavailable(cause));
    }
  }

  #connectWith(credential: string | undefined): void {
    this.#attempt = new Attempt(this.#url, credential, this.#chat.joining(this.#negotiation), this.clock, {
      onMessage: (message) => this.#onMessage(message),
      onPeerStateChange: () => this.#updateState(),
      onFailure: (error) => this.#onFailure(error),
    });
  }

  #onMessage(message: ServerMessage): void {
    this.#chat.receive(message);
    switch (message.type) {
      case 'welcome':
        this.#resumeSecret = message.resume_secret;
        this.#setRoom(message.room);
        if (message.room.active_speaker) this.#tell('active-speaker', message.room.active_speaker);
        break;
      case 'live':
      case 'waiting':
        this.#setRoom(message.room);
        this.#hasHost = message.type === 'live' || this.#negotiation.role === 'host';
        this.#updateState();
        break;
      case 'viewer-count':
        this.#setViewerCount(message.viewer_count);
        break;
      case 'hosts':
        this.#tell('hosts', this.shownHosts(message.hosts));
        break;
      case 'active-speaker':
        this.#tell('active-speaker', message.speaker);
        break;
      case 'reconnect':
        this.#moveLater(message);
        break;
      case 'ended':
        // A server that shuts down may be back in a moment: the socket's end is the failure to recover from.
        if (message.reason !== 'shutdown') this.#end('ended', message.reason);
        break;
      default:
        this.receive(message);
    }
  }

  /** All goes on here until then. */
  #moveLater({ url, retry_after_ms }: Extract<ServerMessage, { type: 'reconnect' }>): void {
    if (url !== undefined) this.#url = new URL(url);
    // Whoever leaves gives up the place.
    this.#resumeSecret = undefined;
    const waitMs = retry_after_ms * (1 + Math.random() / 10);
    this.#notBeforeMs = performance.now() + waitMs;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#move(), waitMs);
  }

  #move(): void {
    this.#attempt?.close();
    this.#attempt = undefined;
    this.#chat.onLost();
    this.#liveSinceMs = undefined;
    this.#error = serverDraining();
    this.#setState('reconnecting');
    this.#connect();
  }

  #onFailure(error: StreamError): void {
    this.#attempt = undefined;
    this.#chat.onLost();
    // A viewer may have the link before the host has opened the room.
    const noRoomYet = error.code === 'room_not_found' && this.#negotiation.role === 'viewer';
    // A place that is kept no longer is left for a new one, by the token.
    const mayUseToken = this.#resumeSecret !== undefined && isRefusal(error.code);
    if (mayUseToken) this.#resumeSecret = undefined;
    const retryable = error.retryable || noRoomYet || (mayUseToken && this.#token !== undefined);
    if (!noRoomYet) {
      this.#error =
        retryable === error.retryable ? error : new StreamError({ ...error, message: error.message, retryable });
      this.#tell('error', this.#error);
    }
    if (!retryable) {
      this.#end('failed');
      return;
    }
    // A listener may have closed the session meanwhile.
    if (finalStates.includes(this.#state)) return;
    if (this.#liveSinceMs !== undefined && performance.now() - this.#liveSinceMs > stableAfterMs) this.#failures = 0;
    this.#liveSinceMs = undefined;
    this.#failures += 1;
    const waitMs = Math.max(retryDelayMs(this.#failures, Math.random()), this.#notBeforeMs - performance.now());
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#connect(), waitMs);
    this.#setState(noRoomYet ? 'waiting' : 'reconnecting');
  }

  /** What waits for the network, or does not know yet that it is gone, waits no longer. */
  #onNetworkChange(): void {
    this.#attempt?.probe();
    const mayComeNow = performance.now() >= this.#notBeforeMs;
    if (this.#attempt || this.#retryTimer === undefined || !mayComeNow) return;
    clearTimeout(this.#retryTimer);
    this.#connect();
  }

  #updateState(): void {
    if (!this.#hasHost) {
      this.#error = undefined;
      this.#setState('waiting');
    } else if (this.#attempt?.peer.connectionState === 'connected') {
      this.#error = undefined;
      this.#liveSinceMs ??= performance.now();
      this.#setState('live');
    } else if (this.#state === 'waiting') {
      this.#setState('connecting');
    }
  }

  #end(state: FinalState, reason: SessionEnd['reason'] = state === 'ended' ? 'stopped' : state): void {
    if (finalStates.includes(this.#state)) return;
    clearTimeout(this.#retryTimer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#network?.stop();
    this.#attempt?.close();
    this.#attempt = undefined;
    this.#chat.onLost();
    this.#setState(state);
    this.#tell('ended', { reason, error: state === 'failed' ? this.#error : undefined });
  }

  #setState(state: SessionState): void {
    if (state === this.#state || finalStates.includes(this.#state)) return;
    this.#state = state;
    this.#tell('state', state);
    // A listener may have closed the session meanwhile.
    if (state !== this.#state) return;
    if (state === 'live' || state === 'waiting') this.#tell(state, null);
    if (state === 'reconnecting' && this.#error) this.#tell(state, this.#error);
  }

  #tell<Type extends keyof SessionEvents>(type: Type, detail: SessionEvents[Type]): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #setRoom(room: RoomInfo): void {
    this.#tell('room', room);
    this.#setViewerCount(room.viewer_count);
  }

  #setViewerCount(viewerCount: number): void {
    if (viewerCount === this.#viewerCount) return;
    this.#viewerCount = viewerCount;
    this.#tell('viewer-count', viewerCount);
  }
}

function serverDraining(): StreamError {
  const message = 'The server is about to end, and has asked to go to another, or to come back.';
  return new StreamError({ code: 'server_draining', message, retryable: true, advice: 'There is nothing to do.' });
}

function tokenUnavailable(cause: unknown): StreamError {
  return new StreamError({
    ...{ code: 'token_unavailable', message: `No token could be fetched: ${String(cause)}`, retryable: true, cause },
    advice: 'Look at what the function given as `token` calls.',
  });
}

function signalUrl(room: string, server: string): URL {
  const url = new URL(`signal/${encodeURIComponent(room)}`, server.endsWith('/') ? server : `${server}/`);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url;
}
