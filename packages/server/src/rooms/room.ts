import type { MediaSettings, RoomInfo, RoomQuality, RoomSettings, StreamWarning } from '@bitbasel/protocol';
import type { Config } from '../config/schema.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { Router } from '../sfu/router.ts';
import type { Transport } from '../transport/transport.ts';
import { type Clock, isoTime } from './clock.ts';
import type { CloseReason } from './close-reason.ts';
import { roomQuality } from './quality/room-quality.ts';
import { mediaSettings, viewerLimit } from './room-settings.ts';
import type { RoomTelemetry } from './room-telemetry.ts';
import { type Peer, type Role, Session, type SessionKeeper } from './session.ts';
import type { SessionLedger } from './session-ledger.ts';
import { StreamWarnings } from './stream-warnings.ts';

export type EndReason = 'stopped' | 'idle' | 'shutdown';

/** Somebody in the room who is told what happens: a signaling socket. While one is there, the room is not idle. */
export interface RoomListener {
  onLive(): void;
  onWaiting(): void;
  onViewerCount(viewerCount: number): void;
  /** What is wrong with the host's stream now, after a change. */
  onWarnings(warnings: StreamWarning[]): void;
  onEnded(reason: EndReason): void;
}

/** What all rooms share. */
export interface RoomContext {
  readonly config: Config;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ledger: SessionLedger;
  readonly telemetry: RoomTelemetry;
  /** Asks for `tick` to be called from now on; it stops by itself when nothing is left to do. */
  wake(): void;
}

export interface RoomOptions {
  readonly id: string;
  readonly postId: string | null;
  readonly owner: string | null;
  readonly settings: RoomSettings;
}

/** Who asks for a place. */
type Claim = Pick<Peer, 'userId' | 'takeover'>;

/** A host that has sent nothing for so long may be taken over by itself: its process, or its line, is gone. */
const takeoverSilenceUs = 2e6;

/** How often the listeners are told of a changing viewer count. */
const viewerCountIntervalUs = 500_000;

/** One livestream: at most one host, its viewers, and the router between them. */
export class Room implements SessionKeeper {
  readonly id: string;
  readonly postId: string | null;
  readonly owner: string | null;
  readonly media: MediaSettings;
  readonly maxViewers: number;
  readonly router = new Router();
  readonly #settings: RoomSettings;
  readonly #context: RoomContext;
  readonly #logger: Logger;
  readonly #createdUs: number;
  readonly #viewers = new Set<Session>();
  readonly #listeners = new Set<RoomListener>();
  readonly #warnings = new StreamWarnings();
  #host: Session | undefined;
  #viewerCount = 0;
  #announcedViewerCount = 0;
  #announcedUs = Number.NEGATIVE_INFINITY;
  #idleSinceUs: number;
  #ended = false;

  constructor(options: RoomOptions, context: RoomContext) {
    this.id = options.id;
    this.postId = options.postId;
    this.owner = options.owner;
    this.#settings = options.settings;
    this.media = mediaSettings(context.config, options.settings);
    this.maxViewers = viewerLimit(context.config, options.settings);
    this.#context = context;
    this.#logger = context.logger.child({ room: options.id });
    this.#createdUs = context.clock.nowUs();
    this.#idleSinceUs = this.#createdUs;
  }

  /** The host's media connection is up. */
  get isLive(): boolean {
    return this.#host?.connectedUs !== undefined;
  }

  /** Viewers whose media connection is up. */
  get viewerCount(): number {
    return this.#viewerCount;
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  get hasSessions(): boolean {
    return this.#host !== undefined || this.#viewers.size > 0;
  }

  info(): RoomInfo {
    const liveSinceUs = this.#host?.connectedUs;
    return {
      room_id: this.id,
      post_id: this.postId,
      owner: this.owner,
      is_active: this.isLive,
      has_host: this.isLive,
      viewer_count: this.#viewerCount,
      max_viewers: this.maxViewers,
      created_at: isoTime(this.#createdUs),
      live_since: liveSinceUs === undefined ? null : isoTime(liveSinceUs),
      warnings: this.#warnings.shown,
      media: this.media,
      settings: this.#settings,
    };
  }

  /** The host's sessions that have a place here: at most one. */
  get hostSessions(): Iterable<Session> {
    return this.#host === undefined ? [] : [this.#host];
  }

  get viewerSessions(): Iterable<Session> {
    return this.#viewers;
  }

  /** How every session is doing now. */
  quality(): RoomQuality {
    return roomQuality(this.id, this, this.#context.clock.nowUs());
  }

  /** @returns what ends it */
  listen(listener: RoomListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      this.#noteIdle();
    };
  }

  /** @throws AppError host_exists, host_busy, room_full or server_full */
  requirePlace(role: Role, peer: Claim): void {
    if (role === 'host') this.#requireHostPlace(peer);
    else if (this.#viewers.size >= this.maxViewers)
      throw new AppError('room_full', `The room takes at most ${this.maxViewers} viewers.`, { retryAfterSeconds: 10 });
    this.#context.ledger.requirePlace();
  }

  /** A host comes back while its old connection still counts as up, or moves to another device: the same user may. */
  #requireHostPlace({ userId, takeover = false }: Claim): void {
    const host = this.#host;
    if (host?.connectedUs === undefined) return;
    if (host.userId !== userId)
      throw new AppError(
        'host_exists',
        'Somebody else publishes in this room. Stop that session, or use another room.',
      );
    if (takeover || host.silentUs(this.#context.clock.nowUs()) >= takeoverSilenceUs) return;
    throw new AppError(
      'host_busy',
      'This user publishes in this room already. Ask for takeover, or try again when that session has been silent for 2 s.',
      { retryAfterSeconds: 2 },
    );
  }

  /** A session that is nobody's yet: the caller negotiates, and then either has it admitted or closes it. */
  createSession(role: Role, peer: Peer): Session {
    this.requirePlace(role, peer);
    return new Session(role, peer, this, this.#context.transport, this.#context.clock);
  }

  /** Gives the session its place in the room; a host before it makes way. */
  admit(session: Session): void {
    if (session.role === 'host') {
      this.#host?.close('replaced');
      this.#host = session;
    } else {
      this.#viewers.add(session);
    }
    this.#context.ledger.add(session);
    this.#context.wake();
  }

  onConnected(session: Session): void {
    this.#logger.info({ session: session.publicId, role: session.role, user: session.userId }, 'session connected');
    this.#context.telemetry.onConnected(session.role, session.connectUs ?? 0);
    if (session.role === 'host') {
      for (const viewer of this.#viewers) if (!viewer.canDecode) viewer.close('codec_not_supported');
      for (const listener of this.#listeners) listener.onLive();
    } else {
      this.#viewerCount += 1;
      this.#announceViewerCount();
    }
  }

  onClosed(session: Session, reason: CloseReason): void {
    this.#context.ledger.remove(session);
    const wasConnected = session.connectedUs !== undefined;
    this.#logger.info({ session: session.publicId, role: session.role, reason, ...session.counters }, 'session closed');
    if (session === this.#host) {
      this.#host = undefined;
      this.#announceWarnings();
      if (wasConnected && !this.#ended) for (const listener of this.#listeners) listener.onWaiting();
    } else if (this.#viewers.delete(session) && wasConnected) {
      this.#viewerCount -= 1;
      this.#announceViewerCount();
    }
    this.#noteIdle();
  }

  onFirstFrame(firstFrameMs: number): void {
    this.#context.telemetry.onFirstFrame(firstFrameMs);
  }

  /** How a try to get a session here went: `ok`, or the code of the error. */
  onJoin(role: Role, outcome: string): void {
    this.#context.telemetry.onJoin(role, outcome);
  }

  #noteIdle(): void {
    this.#idleSinceUs = this.#context.clock.nowUs();
  }

  /** How long nobody has been here; 0 while somebody is. */
  idleUs(nowUs: number): number {
    return this.hasSessions || this.#listeners.size > 0 ? 0 : nowUs - this.#idleSinceUs;
  }

  #announceViewerCount(): void {
    if (this.#ended || this.#viewerCount === this.#announcedViewerCount) return;
    const nowUs = this.#context.clock.nowUs();
    if (nowUs - this.#announcedUs < viewerCountIntervalUs) {
      this.#context.wake();
      return;
    }
    this.#announcedUs = nowUs;
    this.#announcedViewerCount = this.#viewerCount;
    for (const listener of this.#listeners) listener.onViewerCount(this.#viewerCount);
  }

  /** Told to the log once, when raised. */
  #announceWarnings(): void {
    const raised = this.#warnings.update(this.router.publisher?.warnings);
    if (raised === undefined || this.#ended) return;
    for (const warning of raised) {
      const { code, kind, rid, detail } = warning;
      this.#logger.info({ code, kind, rid, detail }, 'stream warning');
      this.#context.telemetry.onWarning(warning);
    }
    for (const listener of this.#listeners) listener.onWarnings(this.#warnings.shown);
  }

  /** @returns whether it wants to be called again */
  tick(nowUs: number): boolean {
    if (this.hasSessions) this.router.tick(nowUs);
    this.#announceWarnings();
    this.#announceViewerCount();
    return this.hasSessions || this.#viewerCount !== this.#announcedViewerCount;
  }

  /** Closes the sessions that have been silent, or not connected, for too long. */
  expireSessions(nowUs: number): void {
    this.#host?.expire(nowUs);
    for (const viewer of this.#viewers) viewer.expire(nowUs);
  }

  /** Idempotent. */
  end(reason: EndReason): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const listener of this.#listeners) listener.onEnded(reason);
    const closeReason = reason === 'shutdown' ? 'shutdown' : 'room_ended';
    this.#host?.close(closeReason);
    for (const viewer of this.#viewers) viewer.close(closeReason);
    this.router.close();
    this.#logger.info({ reason }, 'room ended');
  }

  dump(): object {
    const sessions = [this.#host, ...this.#viewers].flatMap((session) => session?.dump() ?? []);
    return { ...this.info(), sessions, router: this.router.dump(this.#context.clock.nowUs()) };
  }
}
