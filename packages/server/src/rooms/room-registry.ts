import { randomBytes } from 'node:crypto';
import type { IceServer, RoomInfo, RoomSettings, ServerStats } from '@bitbasel/protocol';
import type { Config } from '../config/schema.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Transport } from '../transport/transport.ts';
import { FanOut } from './chat/fan-out.ts';
import type { Clock } from './clock.ts';
import { EndedRooms } from './ended-rooms.ts';
import { iceServersFor } from './ice-servers.ts';
import { type LifecycleSink, limitHit, nullLifecycleSink, type RoomIdentity } from './lifecycle.ts';
import { type EndReason, Room, type RoomContext } from './room.ts';
import { nullTelemetry, type RoomTelemetry } from './room-telemetry.ts';
import type { Session } from './session.ts';
import { SessionLedger } from './session-ledger.ts';
import type { SessionTotals } from './session-totals.ts';
import { TurnQueue } from './turn-queue.ts';

export interface RoomRegistryOptions {
  readonly config: Config;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly telemetry?: RoomTelemetry;
  /** Default: nobody is told of what happens. */
  readonly events?: LifecycleSink;
  /** Called when `tick` has something to do again. */
  wake(): void;
}

export interface RoomRequest {
  /** Default: a new one. */
  readonly roomId?: string | undefined;
  readonly owner?: string | undefined;
  readonly postId?: string | undefined;
  readonly settings?: RoomSettings | undefined;
}

const expireIntervalUs = 1e6;

/** 72 bits after the prefix that the documents show. */
function newRoomId(): string {
  return `room_${randomBytes(9).toString('base64url')}`;
}

/** All rooms of the server, behind every dialect. */
export class RoomRegistry {
  /** Of viewers who join: a thousand at once must not hold up those who watch. */
  readonly turns = new TurnQueue();
  readonly #context: RoomContext;
  readonly #rooms = new Map<string, Room>();
  readonly #ended = new EndedRooms();
  readonly #ledger: SessionLedger;
  #expireAtUs = 0;
  #closing = false;
  /** Rooms made for a use that has not succeeded yet. */
  #unannounced: Room[] | undefined;

  constructor(options: RoomRegistryOptions) {
    const events = options.events ?? nullLifecycleSink;
    const ledger = new SessionLedger(options.config.server.max_connections, events);
    this.#ledger = ledger;
    this.#context = {
      telemetry: nullTelemetry,
      ...options,
      wake: () => options.wake(),
      ledger,
      events,
      fanOut: new FanOut(options.clock),
    };
  }

  /**
   * Makes a room. An id that its owner has made already gives that room, as it stands.
   * @throws AppError room_exists where it is somebody else's, room_limit_reached
   */
  create(request: RoomRequest): Room {
    const id = request.roomId ?? newRoomId();
    const owner = request.owner ?? null;
    const present = this.#rooms.get(id);
    if (present !== undefined) {
      if (present.owner === owner) return present;
      throw new AppError('room_exists', `Room ${id} belongs to another owner. Choose another room_id.`);
    }
    this.#requirePlace();
    const { postId = null, settings = {} } = request;
    const room = new Room({ id, owner, postId, settings }, this.#context);
    this.#rooms.set(id, room);
    if (this.#unannounced) this.#unannounced.push(room);
    else this.#announce(room);
    return room;
  }

  #announce(room: Room): void {
    const { id, owner, postId } = room;
    this.#context.logger.info({ room: id, owner, post: postId }, 'room created');
    this.#context.events.emit({ type: 'room-started', room: room.identity });
  }

  /** Makes the rooms again that were there before a restart, even if there are more of them than are allowed by now. */
  restore(identities: readonly RoomIdentity[]): void {
    for (const identity of identities) this.#rooms.set(identity.id, new Room(identity, this.#context));
    if (identities.length > 0) this.#context.logger.info({ rooms: identities.length }, 'rooms restored');
  }

  /** The room of a post: the same one for the same post and host as long as it lives. */
  createForPost(postId: string, hostUserId: string): Room {
    const present = this.list().find((room) => room.postId === postId && room.owner === hostUserId);
    return present ?? this.create({ owner: hostUserId, postId });
  }

  /** The room that a host publishes in; where `rooms.create_on_publish` is set, it need not exist before. */
  openForHost(roomId: string, userId: string | null): Room {
    if (!this.#context.config.rooms.create_on_publish) return this.get(roomId);
    return this.#rooms.get(roomId) ?? this.create({ roomId, owner: userId ?? undefined });
  }

  /** Opens a room and uses it; a room that was made for this use does not outlive its failure. */
  use<T>(open: () => Room, use: (room: Room) => T): T {
    const made: Room[] = [];
    this.#unannounced = made;
    try {
      const used = use(open());
      for (const room of made) this.#announce(room);
      return used;
    } catch (error) {
      // Nobody was told of them, so they are not among the ended ones either.
      for (const room of made) {
        this.#rooms.delete(room.id);
        room.end('stopped');
      }
      throw error;
    } finally {
      this.#unannounced = undefined;
    }
  }

  /** Why no new rooms and sessions are taken; undefined while they are. */
  get closedFor(): 'shutting down' | 'draining' | undefined {
    if (this.#closing) return 'shutting down';
    return this.#ledger.isDraining ? 'draining' : undefined;
  }

  get sessionCount(): number {
    return this.#ledger.size;
  }

  /** Takes no new rooms and sessions. Resolves when the last session has ended. Idempotent. */
  drain(): Promise<void> {
    return this.#ledger.drain();
  }

  /** @throws AppError where new rooms and sessions are for other servers */
  requireOpen(): void {
    if (this.#closing) throw new AppError('shutting_down', 'The server is shutting down.', { retryAfterSeconds: 10 });
    this.#ledger.requireOpen();
  }

  #requirePlace(): void {
    this.requireOpen();
    const limit = this.#context.config.rooms.max_rooms;
    if (this.#rooms.size < limit) return;
    const error = new AppError('room_limit_reached', `The server takes at most ${limit} rooms.`, {
      retryAfterSeconds: 30,
    });
    throw limitHit(this.#context.events, 'rooms', null, error);
  }

  /** What a peer is told, with TURN credentials for it alone. */
  iceServers(userId: string | null): IceServer[] {
    return iceServersFor(this.#context.config, userId, this.#context.clock.wallMs());
  }

  find(roomId: string): Room | undefined {
    return this.#rooms.get(roomId);
  }

  /** @throws AppError room_not_found */
  get(roomId: string): Room {
    const room = this.#rooms.get(roomId);
    if (room === undefined) throw new AppError('room_not_found', `There is no room ${roomId}.`);
    return room;
  }

  /**
   * How a room is, or how one that has ended lately was left: without host and viewers.
   * @throws AppError room_not_found
   */
  infoOf(roomId: string): RoomInfo {
    const ended = this.#rooms.has(roomId) ? undefined : this.#ended.get(roomId);
    return ended ?? this.get(roomId).info();
  }

  /** The room in which a user is, or will be, the host: a live one before the others, a new one before an old one. */
  findByUser(userId: string): Room | undefined {
    const rooms = this.list().filter(({ id, owner }) => owner === userId || id === userId);
    return rooms.findLast(({ isLive }) => isLive) ?? rooms.at(-1);
  }

  /** Oldest first. */
  list(): readonly Room[] {
    return [...this.#rooms.values()];
  }

  /** @throws AppError session_not_found, also for sessions of the other role or of a WebSocket */
  session(id: string, role?: Session['role']): Session {
    const session = this.#ledger.get(id);
    if (session === undefined || session.kind !== 'http' || (role !== undefined && session.role !== role))
      throw new AppError('session_not_found', 'There is no such session, or not any more.');
    return session;
  }

  /** Those that WHEP's event `reconnect` can reach. */
  get viewersByHttp(): Session[] {
    const viewers = this.list().flatMap((room) => [...room.viewerSessions]);
    return viewers.filter(({ kind }) => kind === 'http');
  }

  /** The room that a session is in. @throws AppError session_not_found */
  roomOf(session: Session): Room {
    const room = this.list().find((candidate) => candidate.has(session));
    if (room === undefined) throw new AppError('session_not_found', 'There is no such session, or not any more.');
    return room;
  }

  /** @throws AppError room_not_found */
  stop(roomId: string): void {
    this.#end(this.get(roomId), 'stopped');
  }

  #end(room: Room, reason: EndReason): void {
    this.#rooms.delete(room.id);
    room.end(reason);
    this.#ended.add(room.info());
    this.#context.events.emit({ type: 'room-ended', roomId: room.id, reason });
  }

  /** Removes the rooms that nobody has been in for `rooms.idle_timeout_seconds`. */
  sweep(): void {
    // Those that have gone from a server that is drained come back to the next one.
    if (this.#ledger.isDraining) return;
    const nowUs = this.#context.clock.nowUs();
    const timeoutUs = this.#context.config.rooms.idle_timeout_seconds * 1e6;
    for (const room of this.list()) {
      if (room.idleUs(nowUs) >= timeoutUs) this.#end(room, 'idle');
    }
  }

  /**
   * Drives the media of all rooms. To be called every 10 to 20 ms after `wake`.
   * @returns false when there is nothing to do until the next `wake`
   */
  tick(): boolean {
    const nowUs = this.#context.clock.nowUs();
    const expires = nowUs >= this.#expireAtUs;
    if (expires) this.#expireAtUs = nowUs + expireIntervalUs;
    let busy = false;
    for (const room of this.#rooms.values()) {
      if (expires) room.expireSessions(nowUs);
      if (this.#tickRoom(room, nowUs)) busy = true;
    }
    return busy;
  }

  /** A broken invariant ends the room that it broke in, not the server. */
  #tickRoom(room: Room, nowUs: number): boolean {
    try {
      return room.tick(nowUs);
    } catch (error) {
      this.#context.logger.error({ err: error, room: room.id }, 'room broke');
      this.#end(room, 'stopped');
      return false;
    }
  }

  stats(): ServerStats {
    const rooms = this.list();
    const viewers = rooms.reduce((sum, room) => sum + room.viewerCount, 0);
    const hosts = rooms.reduce((sum, room) => sum + room.hostCount, 0);
    const totals = this.#ledger.totals();
    return {
      total_rooms: rooms.length,
      active_rooms: rooms.filter((room) => room.isLive).length,
      total_peers: viewers + hosts,
      total_viewers: viewers,
      total_hosts: hosts,
      total_bytes_sent: totals.bytesSent,
      total_bytes_received: totals.bytesReceived,
    };
  }

  /** What all sessions since the start have moved and asked for. */
  totals(): SessionTotals {
    return this.#ledger.totals();
  }

  /** Ends all rooms, and takes no new ones. Idempotent. */
  close(): void {
    this.#closing = true;
    for (const room of this.list()) this.#end(room, 'shutdown');
  }
}
