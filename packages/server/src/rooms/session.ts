import { randomBytes } from 'node:crypto';
import type { LayerNotice, PeerNotice, ViewerReport } from '@bitbasel/protocol';
import { type Credential, renewed } from '../auth/credential.ts';
import type { MediaLimits } from '../sfu/layers/layer-caps.ts';
import type { Publisher } from '../sfu/publisher.ts';
import type { Viewer, ViewerSlot } from '../sfu/viewer.ts';
import type {
  Connection,
  ConnectionCounters,
  ConnectionState,
  LocalTransport,
  RemoteTransport,
  Transport,
} from '../transport/transport.ts';
import type { Clock } from './clock.ts';
import type { CloseReason } from './close-reason.ts';
import { LayerWatch } from './layer-watch.ts';
import type { VideoWish } from './layer-wish.ts';
import { PlayerReports } from './quality/player-reports.ts';

export type Role = 'host' | 'viewer';

/** What a token must allow for it. */
export function grantOf(role: Role): 'publish' | 'watch' {
  return role === 'host' ? 'publish' : 'watch';
}

/** How the session was asked for; a session can only be managed the way it came. */
export type SessionKind = 'http' | 'websocket';

/** Whom a session is for, and who wants to hear of it. */
export interface Peer {
  readonly kind: SessionKind;
  readonly userId: string | null;
  /** A host that takes the place of its own other session at once. */
  readonly takeover?: boolean;
  /** What its token allows of video: a viewer is sent no more, a host's is forwarded up to them. */
  readonly caps?: SessionCaps | undefined;
  /** The tokens that it has shown, the latest last; a kick revokes them. */
  readonly credentials?: readonly Credential[];
  /** Default: a new one. */
  readonly sessionId?: string;
  readonly observer?: SessionObserver;
}

/** No cap where a value is missing. */
export type SessionCaps = MediaLimits;

export interface SessionObserver {
  onConnected(): void;
  onClosed(reason: CloseReason): void;
  /** What a viewer is sent has changed. */
  onLayer?(layer: LayerNotice): void;
  /** The peer had better start a new session, elsewhere where a URL is given: this server, or its place on it, goes. */
  onReconnect?(url: string | undefined): void;
  /** Something is amiss that the peer can do something about. */
  onNotice?(notice: PeerNotice): void;
  /** The peer has shown a later token. */
  onRenewed?(credential: Credential): void;
}

/** Whoever keeps the session: its room. */
export interface SessionKeeper {
  readonly id: string;
  onConnected(session: Session): void;
  onClosed(session: Session, reason: CloseReason): void;
  /** Nothing has come from the peer since its answer, or ours. Once at most. */
  onUnreached(session: Session): void;
  /** A viewer's player has shown the first picture. */
  onFirstFrame(firstFrameMs: number): void;
}

/** The session's place in the SFU: a publisher or a viewer. */
export interface MediaAttachment {
  readonly receiver: { receive(packet: Buffer, nowUs: number): void };
  /** A viewer's: whether it can decode what the host sends now. */
  canDecode?(): boolean;
  /** The one or the other. */
  readonly publisher?: Publisher;
  readonly viewer?: Viewer;
  detach(): void;
}

/** Gives the session its place in the SFU. */
export type AttachMedia = (nowUs: number) => MediaAttachment;

/** Turns the peer's answer to our offer into a running session. */
export type AcceptAnswer = (answerSdp: string) => void;

const connectTimeoutUs = 15e6;
/** Looked at each second: the peer hears of it within 5 s. Checks begin in the first one where UDP gets through. */
const unreachedUs = 4e6;
/** A person may be asked for the camera before the answer is written. */
const answerTimeoutUs = 60e6;
/** Hosts send media, or RTCP at least once in some seconds; ffmpeg sends nothing but media. */
const hostSilenceUs = 10e6;
/** Viewers of video send receiver reports each second or so, those of audio alone at least every 7.5 s. */
const viewerSilenceUs = 15e6;

/** 128 bits: whoever knows the id may end the session (RFC 9725, section 5). */
export function newSessionId(): string {
  return randomBytes(16).toString('base64url');
}

/** For listings and logs, where the secret one must not be seen. */
export function newPublicId(): string {
  return `s_${randomBytes(9).toString('base64url')}`;
}

/** One peer's connection: the transport below it, and its publisher or viewer in the SFU. */
export class Session {
  /** Secret: it is in the session's URL, and gives the right to end it. */
  readonly id: string;
  readonly publicId = newPublicId();
  readonly createdUs: number;
  /** What a viewer's player says of itself. */
  readonly report = new PlayerReports();
  readonly role: Role;
  readonly kind: SessionKind;
  readonly userId: string | null;
  readonly caps: SessionCaps;
  /** Names its video section, once negotiated. */
  videoMid: string | undefined;
  #credentials: readonly Credential[];
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #keeper: SessionKeeper;
  readonly #observers = new Set<SessionObserver>();
  readonly #layer = new LayerWatch();
  #wish: VideoWish | undefined;
  #attach: AttachMedia | undefined;
  #media: MediaAttachment | undefined;
  #remote: RemoteTransport | undefined;
  #acceptAnswer: AcceptAnswer | undefined;
  /** When the wait began that the session is in: for the answer, for the connection, or for a packet. */
  #waitingSinceUs: number;
  #connectedUs: number | undefined;
  #closed = false;
  #unreachedTold = false;

  constructor(role: Role, peer: Peer, keeper: SessionKeeper, transport: Transport, clock: Clock) {
    this.id = peer.sessionId ?? newSessionId();
    this.role = role;
    this.kind = peer.kind;
    this.userId = peer.userId;
    this.caps = peer.caps ?? {};
    this.#credentials = peer.credentials ?? [];
    if (peer.observer) this.#observers.add(peer.observer);
    this.#keeper = keeper;
    this.#clock = clock;
    this.createdUs = clock.nowUs();
    this.#waitingSinceUs = this.createdUs;
    this.#connection = transport.createConnection({
      onPacket: (packet) => this.#onPacket(packet),
      onStateChange: (state) => this.#onStateChange(state),
    });
  }

  /** The tokens of its bearer that have not expired, the latest last. */
  get credentials(): readonly Credential[] {
    return this.#credentials;
  }

  /** The latest. */
  get credential(): Credential | undefined {
    return this.#credentials.at(-1);
  }

  /** Takes a fresh token of the same bearer, if it is a later one. */
  renew(credential: Credential): void {
    const before = this.#credentials;
    this.#credentials = renewed(before, credential, this.#clock.wallMs());
    if (this.#credentials !== before) for (const observer of this.#observers) observer.onRenewed?.(credential);
  }

  get hasTokenExpired(): boolean {
    const { credential } = this;
    return credential !== undefined && this.#clock.wallMs() >= credential.expiresAtMs;
  }

  get roomId(): string {
    return this.#keeper.id;
  }

  get local(): LocalTransport {
    return this.#connection.local;
  }

  /** Where the SFU sends what is for this peer. */
  get sink(): { send(packet: Buffer): boolean } {
    return this.#connection;
  }

  get counters(): Readonly<ConnectionCounters> {
    return this.#connection.counters;
  }

  /** Of a viewer: false where the host has come back with a codec that was not negotiated with it. */
  get canDecode(): boolean {
    return this.#media?.canDecode?.() ?? true;
  }

  /** Of a viewer: which host it sees where; empty before it is connected. */
  get slots(): readonly ViewerSlot[] {
    return this.#media?.viewer?.slots ?? [];
  }

  /** When the media connection came up; undefined until then. */
  get connectedUs(): number | undefined {
    return this.#connectedUs;
  }

  /** From the offer (ours, or the peer's) to the media connection; undefined until that is up. */
  get connectUs(): number | undefined {
    return this.#connectedUs === undefined ? undefined : this.#connectedUs - this.createdUs;
  }

  /** Its side of the SFU, while it has one. */
  get publisher(): Publisher | undefined {
    return this.#media?.publisher;
  }

  get viewer(): Viewer | undefined {
    return this.#media?.viewer;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** The peer's ICE user fragment; undefined until its description is known. */
  get remoteUfrag(): string | undefined {
    return this.#remote?.ice.ufrag;
  }

  /** After an offer of ours: what to do with the answer to it. */
  awaitAnswer(accept: AcceptAnswer): void {
    this.#acceptAnswer = accept;
  }

  /** Takes the pending answer's place: undefined where no offer of ours awaits one. An answer is good for one try. */
  takeAnswer(): AcceptAnswer | undefined {
    const accept = this.#acceptAnswer;
    this.#acceptAnswer = undefined;
    return accept;
  }

  /**
   * Starts ICE and DTLS; media flows once they are through.
   * @throws TransportError when the remote parameters cannot be used
   */
  open(remote: RemoteTransport, attach: AttachMedia): void {
    this.#remote = remote;
    this.#attach = attach;
    this.#waitingSinceUs = this.#clock.nowUs();
    // A host's first packet may overtake the news that it is connected. A viewer has no use of packets before that.
    if (this.role === 'host') this.#media = attach(this.#waitingSinceUs);
    this.#connection.connect(remote);
  }

  #onPacket(packet: Buffer): void {
    const nowUs = this.#clock.nowUs();
    this.#waitingSinceUs = nowUs;
    this.#media?.receiver.receive(packet, nowUs);
  }

  #onStateChange(state: ConnectionState): void {
    if (this.#closed) return;
    if (state === 'connected') {
      this.#connectedUs = this.#clock.nowUs();
      this.#waitingSinceUs = this.#connectedUs;
      this.#media ??= this.#attach?.(this.#connectedUs);
      this.#applyWish();
      this.#keeper.onConnected(this);
      for (const observer of this.#observers) observer.onConnected();
    }
    if (state === 'disconnected' || state === 'failed' || state === 'closed') this.close('failed');
  }

  /** @returns what ends it */
  observe(observer: SessionObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** What a viewer wants of the video, within what its token allows; kept until it is connected. */
  want(wish: VideoWish): void {
    this.#wish = wish;
    this.#applyWish();
  }

  #applyWish(): void {
    if (this.#wish !== undefined) this.viewer?.want(this.#wish.caps, this.#wish.videoOff);
  }

  /** Tells a viewer of the layer that it is sent, where that has changed. Some times a second. */
  announceLayer(): void {
    const viewer = this.#closed || !this.#tellsLayers ? undefined : this.viewer;
    const layer = viewer && this.#layer.update(viewer);
    if (layer !== undefined) for (const observer of this.#observers) observer.onLayer?.(layer);
  }

  /** Somebody wants to know: viewers by WHEP mostly have nobody who does. */
  get #tellsLayers(): boolean {
    for (const observer of this.#observers) if (observer.onLayer !== undefined) return true;
    return false;
  }

  /** Asks the peer to start a new session, at `url` where one is given; this one goes on until it does. */
  askToReconnect(url?: string): void {
    for (const observer of this.#observers) observer.onReconnect?.(url);
  }

  /** Takes in what a viewer's player says; more than one a second is dropped. */
  addReport(report: ViewerReport): void {
    const wasKnown = this.report.latest?.first_frame_ms !== undefined;
    if (!this.report.add(report, this.#clock.nowUs())) return;
    const firstFrameMs = report.first_frame_ms;
    if (!wasKnown && firstFrameMs !== undefined) this.#keeper.onFirstFrame(firstFrameMs);
  }

  /** How long nothing has come from the peer. */
  silentUs(nowUs: number): number {
    return nowUs - this.#waitingSinceUs;
  }

  #noteUnreached(): void {
    if (this.#unreachedTold || this.#connection.isReached) return;
    this.#unreachedTold = true;
    this.#keeper.onUnreached(this);
  }

  notify(notice: PeerNotice): void {
    for (const observer of this.#observers) observer.onNotice?.(notice);
  }

  /** Closes the session if it has waited too long for whatever it waits for. */
  expire(nowUs: number): void {
    const waitedUs = this.silentUs(nowUs);
    if (this.#remote === undefined) {
      if (waitedUs > answerTimeoutUs) this.close('answer_timeout');
    } else if (this.#connectedUs === undefined) {
      if (waitedUs > connectTimeoutUs) this.close('connect_timeout');
      else if (waitedUs >= unreachedUs) this.#noteUnreached();
    } else if (waitedUs > (this.role === 'host' ? hostSilenceUs : viewerSilenceUs)) {
      this.close('timeout');
    }
  }

  /** Idempotent. */
  close(reason: CloseReason): void {
    if (this.#closed) return;
    this.#closed = true;
    // Kept, since its counters are read once more.
    this.#media?.detach();
    this.#connection.close();
    this.#keeper.onClosed(this, reason);
    for (const observer of this.#observers) observer.onClosed(reason);
  }

  dump(): object {
    const { publicId: id, role, kind, userId, counters } = this;
    const { state, remoteAddress } = this.#connection;
    return { id, role, kind, userId, state, remoteAddress, counters };
  }
}
