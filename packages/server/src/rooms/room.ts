import type { MediaSettings, RoomInfo, RoomSettings } from '@bitbasel/protocol';
import type { Config } from '../config/schema.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { Router } from '../sfu/router.ts';
import type { Transport } from '../transport/transport.ts';
import { type Clock, isoTime } from './clock.ts';
import type { CloseReason } from './close-reason.ts';
import { mediaSettings, viewerLimit } from './room-settings.ts';
import { type Peer, type Role, Session, type SessionKeeper } from './session.ts';
import type { SessionLedger } from './session-ledger.ts';

export type EndReason = 'stopped' | 'idle' | 'shutdown';

/** Somebody in the room who is told what happens: a signaling socket. While one is there, the room is not idle. */
export interface RoomListener {
  onLive(): void;
  onWaiting(): void;
  onViewerCount(viewerCount: number): void;
  onEnded(reason: EndReason): void;
}

/** What all rooms share. */
export interface RoomContext {
  readonly config: Config;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ledger: SessionLedger;
  /** Asks for `tick` to be called from now on; it stops by itself when nothing is left to do. */
  wake(): void;
}

export interface RoomOptions {
  readonly id: string;
  readonly postId: string | null;
  readonly owner: string | null;
  readonly settings: RoomSettings;
}

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
      media: this.media,
      settings: this.#settings,
    };
  }

  /** @returns what ends it */
  listen(listener: RoomListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      this.#noteIdle();
    };
  }

  /** @throws AppError host_exists, room_full or server_full */
  requirePlace(role: Role): void {
    if (role === 'host') this.#requireNoHost();
    else if (this.#viewers.size >= this.maxViewers)
      throw new AppError('room_full', `The room takes at most ${this.maxViewers} viewers.`, { retryAfterSeconds: 10 });
    this.#context.ledger.requirePlace();
  }

  #requireNoHost(): void {
    if (this.isLive)
      throw new AppError(
        'host_exists',
        'Somebody else publishes in this room. Stop that session, or use another room.',
      );
  }

  /** A session that is nobody's yet: the caller negotiates, and then either has it admitted or closes it. */
  createSession(role: Role, peer: Peer): Session {
    this.requirePlace(role);
    return new Session(role, peer, this, this.#context.transport, this.#context.clock);
  }

  /** Gives the session its place in the room; a host that has not connected yet makes way. */
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
    this.#logger.info({ session: session.id, role: session.role, user: session.userId }, 'session connected');
    if (session.role === 'host') {
      for (const listener of this.#listeners) listener.onLive();
    } else {
      this.#viewerCount += 1;
      this.#announceViewerCount();
    }
  }

  onClosed(session: Session, reason: CloseReason): void {
    this.#context.ledger.remove(session);
    const wasConnected = session.connectedUs !== undefined;
    this.#logger.info({ session: session.id, role: session.role, reason, ...session.counters }, 'session closed');
    if (session === this.#host) {
      this.#host = undefined;
      if (wasConnected && !this.#ended) for (const listener of this.#listeners) listener.onWaiting();
    } else if (this.#viewers.delete(session) && wasConnected) {
      this.#viewerCount -= 1;
      this.#announceViewerCount();
    }
    this.#noteIdle();
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

  /** @returns whether it wants to be called again */
  tick(nowUs: number): boolean {
    if (this.hasSessions) this.router.tick(nowUs);
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
