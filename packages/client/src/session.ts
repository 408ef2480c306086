import type {
  ActiveSpeaker,
  ClientMessage,
  HostView,
  LayerNotice,
  RoomInfo,
  ServerMessage,
  StreamWarning,
} from '@bitbasel/protocol';
import { Attempt, type SessionError } from './attempt.ts';
import { retryDelayMs } from './back-off.ts';
import type { ShownHost } from './host-streams.ts';
import type { Negotiation } from './negotiation.ts';
import { ServerClock } from './server-clock.ts';
import { TypedEventTarget } from './typed-event-target.ts';

/**
 * `connecting` at first; `waiting` while a viewer's room has no host; `live` while media flows; `reconnecting` between
 * a failure and the next `live` or `waiting`. Final: `ended` (the room is gone), `failed` (see `error`), `closed`
 * (by `close()`).
 */
export type SessionState = 'connecting' | 'waiting' | 'live' | 'reconnecting' | 'ended' | 'failed' | 'closed';

const finalStates: readonly SessionState[] = ['ended', 'failed', 'closed'];

/** How long a connection must have held for the back-off to start over. */
const stableAfterMs = 10_000;

export interface SessionEvents {
  state: SessionState;
  room: RoomInfo;
  'viewer-count': number;
  /** In rooms that take several hosts: who they are now, and in which streams. */
  hosts: ShownHost[];
  /** In rooms that take several hosts: who speaks now; null where that host has gone. */
  'active-speaker': ActiveSpeaker | null;
  /** To the host: what is wrong with its stream now, each time that changes; empty when all is well again. */
  warnings: StreamWarning[];
  /** To a viewer: the layer of the video that it is sent now, and whether the video is held back. */
  layer: LayerNotice;
  error: SessionError;
}

export interface SessionOptions {
  /** Base URL of the media server. Default: where the page came from. */
  server?: string;
  /** Who this is, for the server's records. */
  userId?: string;
  /** Where the server asks for one: a token, or what fetches one, for each connection that needs it. */
  token?: string | (() => string | Promise<string>);
}

/** The resume secret is good no more, whatever the token may be. */
function isRefusal(code: string): boolean {
  return code === 'resume_refused' || code === 'token_expired';
}

/** What publishing and watching share: a connection that is kept up, and what is known of the room. */
export class Session extends TypedEventTarget<SessionEvents> {
  readonly room: string;
  /** The server's wall clock; media delays are measured against it. */
  readonly clock = new ServerClock();
  #url: URL;
  readonly #negotiation: Negotiation;
  readonly #token: SessionOptions['token'];
  /** Leads back to the place that was lost, without a token. */
  #resumeSecret: string | undefined;
  #attempt: Attempt | undefined;
  #state: SessionState = 'connecting';
  #error: SessionError | undefined;
  #viewerCount = 0;
  #hasHost = true;
  #failures = 0;
  #liveSinceMs: number | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  /** Asked to come back no sooner. */
  #notBeforeMs = 0;

  constructor(room: string, options: SessionOptions, negotiation: Negotiation) {
    super();
    this.room = room;
    this.#url = signalUrl(room, options.server ?? location.origin);
    this.#negotiation = negotiation;
    this.#token = options.token;
    this.#connect();
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The latest failure: the reason while `reconnecting` or `failed`; undefined when all is well. */
  get error(): SessionError | undefined {
    return this.#error;
  }

  get viewerCount(): number {
    return this.#viewerCount;
  }

  /** Leaves the room and frees everything. Idempotent. The media stream given to `publish` stays the caller's. */
  close(): void {
    this.#end('closed');
  }

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
    const credential = this.#resumeSecret ?? this.#token;
    if (typeof credential !== 'function') this.#connectWith(credential);
    else void this.#fetchToken(credential);
  }

  async #fetchToken(fetchToken: () => string | Promise<string>): Promise<void> {
    try {
      const token = await fetchToken();
      if (!finalStates.includes(this.#state)) this.#connectWith(token);
    } catch (cause) {
      if (!finalStates.includes(this.#state))
        this.#onFailure({ code: 'token_unavailable', detail: String(cause), retryable: true });
    }
  }

  #connectWith(credential: string | undefined): void {
    this.#attempt = new Attempt(this.#url, credential, this.#negotiation, this.clock, {
      onMessage: (message) => this.#onMessage(message),
      onPeerStateChange: () => this.#updateState(),
      onFailure: (error) => this.#onFailure(error),
    });
  }

  #onMessage(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        this.#resumeSecret = message.resume_secret;
        this.#setRoom(message.room);
        if (message.room.active_speaker) this.emit('active-speaker', message.room.active_speaker);
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
        this.emit('hosts', this.shownHosts(message.hosts));
        break;
      case 'active-speaker':
        this.emit('active-speaker', message.speaker);
        break;
      case 'warnings':
        this.emit('warnings', message.warnings);
        break;
      case 'layer':
        this.emit('layer', message);
        break;
      case 'reconnect':
        this.#moveLater(message);
        break;
      case 'ended':
        // A server that shuts down may be back in a moment: the socket's end is the failure to recover from.
        if (message.reason !== 'shutdown') this.#end('ended');
        break;
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
    this.#liveSinceMs = undefined;
    this.#setState('reconnecting');
    this.#connect();
  }

  #onFailure(error: SessionError): void {
    this.#attempt = undefined;
    // A viewer may have the link before the host has opened the room.
    const noRoomYet = error.code === 'room_not_found' && this.#negotiation.role === 'viewer';
    // A place that is kept no longer is left for a new one, by the token.
    const mayUseToken = this.#resumeSecret !== undefined && isRefusal(error.code);
    if (mayUseToken) this.#resumeSecret = undefined;
    const retryable = error.retryable || noRoomYet || (mayUseToken && this.#token !== undefined);
    if (!noRoomYet) {
      this.#error = { ...error, retryable };
      this.emit('error', this.#error);
    }
    if (!retryable) {
      this.#end('failed');
      return;
    }
    if (this.#liveSinceMs !== undefined && performance.now() - this.#liveSinceMs > stableAfterMs) this.#failures = 0;
    this.#liveSinceMs = undefined;
    this.#failures += 1;
    const waitMs = Math.max(retryDelayMs(this.#failures, Math.random()), this.#notBeforeMs - performance.now());
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#connect(), waitMs);
    this.#setState(noRoomYet ? 'waiting' : 'reconnecting');
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

  #end(state: 'ended' | 'failed' | 'closed'): void {
    if (finalStates.includes(this.#state)) return;
    clearTimeout(this.#retryTimer);
    this.#attempt?.close();
    this.#attempt = undefined;
    this.#setState(state);
  }

  #setState(state: SessionState): void {
    if (state === this.#state || finalStates.includes(this.#state)) return;
    this.#state = state;
    this.emit('state', state);
  }

  #setRoom(room: RoomInfo): void {
    this.emit('room', room);
    this.#setViewerCount(room.viewer_count);
  }

  #setViewerCount(viewerCount: number): void {
    if (viewerCount === this.#viewerCount) return;
    this.#viewerCount = viewerCount;
    this.emit('viewer-count', viewerCount);
  }
}

function signalUrl(room: string, server: string): URL {
  const url = new URL(`signal/${encodeURIComponent(room)}`, server.endsWith('/') ? server : `${server}/`);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url;
}
