import type { Clock } from '../rooms/clock.ts';
import type { LifecycleEvent, LifecycleSink, RoomIdentity, SessionFacts } from '../rooms/lifecycle.ts';
import { LimitThrottle } from './limit-throttle.ts';
import type { Numbering } from './numbering.ts';
import type { OpenSession, Snapshot, StoreRecord } from './records.ts';
import { type EventContent, WireEvents } from './wire-events.ts';

/** Where the records go. */
export interface RecordLog {
  append(...records: readonly StoreRecord[]): void;
}

export interface RecorderOptions {
  readonly log: RecordLog;
  readonly numbering: Numbering;
  readonly clock: Clock;
  /** Whether rooms are there again after the server's end. */
  readonly isDurable: boolean;
  /** The endpoints that want an event of this type. */
  endpointsFor(type: EventContent['type']): readonly string[];
}

/** One life of a room. */
interface Run {
  readonly run: number;
  readonly identity: Pick<RoomIdentity, 'owner' | 'postId' | 'createdUs'>;
  peakViewers: number;
  /** Users who have published in it, and until when. */
  readonly hosts: Map<string | null, number>;
}

type Of<Type extends LifecycleEvent['type']> = Extract<LifecycleEvent, { type: Type }>;

/** Turns what happens in rooms into records of the history and into events, in one order. */
export class Recorder implements LifecycleSink {
  readonly #log: RecordLog;
  readonly #numbering: Numbering;
  readonly #clock: Clock;
  readonly #isDurable: boolean;
  readonly #wire: WireEvents;
  readonly #limits = new LimitThrottle();
  readonly #runs = new Map<string, Run>();
  readonly #sessions = new Map<SessionFacts, { session: number; connectedUs: number }>();

  constructor(options: RecorderOptions) {
    this.#log = options.log;
    this.#numbering = options.numbering;
    this.#clock = options.clock;
    this.#isDurable = options.isDurable;
    this.#wire = new WireEvents(options.numbering, (type) => options.endpointsFor(type));
  }

  emit(event: LifecycleEvent): void {
    switch (event.type) {
      case 'room-started':
        this.#onRoomStarted(event);
        break;
      case 'room-ended':
        this.#onRoomEnded(event);
        break;
      case 'session-connected':
        this.#onSessionConnected(event);
        break;
      case 'session-ended':
        this.#onSessionEnded(event);
        break;
      case 'warnings-raised':
        for (const { since: _, ...data } of event.warnings)
          this.#tell({ type: 'stream.warning', room_id: event.roomId, data });
        break;
      case 'chat-message':
        this.#tell({ type: 'chat.message', room_id: event.roomId, data: event.message });
        break;
      case 'limit-hit':
        this.#onLimitHit(event);
        break;
    }
  }

  #tell(content: EventContent, atUs = this.#clock.nowUs()): void {
    this.#log.append(this.#wire.record(content, atUs));
  }

  #onRoomStarted({ room: { id, owner, postId, settings, createdUs } }: Of<'room-started'>): void {
    const run = this.#numbering.next();
    this.#runs.set(id, { run, identity: { owner, postId, createdUs }, peakViewers: 0, hosts: new Map() });
    this.#log.append(
      { type: 'room', run, roomId: id, owner, postId, settings: JSON.stringify(settings), createdUs },
      this.#wire.record({ type: 'room.started', room_id: id, data: { owner, post_id: postId } }, createdUs),
    );
  }

  #onRoomEnded({ roomId, reason }: Of<'room-ended'>): void {
    const room = this.#runs.get(roomId);
    this.#runs.delete(roomId);
    // A server that is shut down has not ended its rooms: the next one goes on with them.
    if (!room || (reason === 'shutdown' && this.#isDurable)) return;
    const { run, peakViewers, identity } = room;
    const { owner, postId, createdUs } = identity;
    const endedUs = this.#clock.nowUs();
    const data = {
      ...{ owner, post_id: postId, reason, peak_viewers: peakViewers },
      duration_seconds: seconds(endedUs - createdUs),
    };
    this.#log.append(
      { type: 'room-end', run, endedUs, reason },
      this.#wire.record({ type: 'room.ended', room_id: roomId, data }, endedUs),
    );
  }

  #onSessionConnected({ roomId, session: facts, viewerCount }: Of<'session-connected'>): void {
    const room = this.#runs.get(roomId);
    if (!room) return;
    const session = this.#numbering.next();
    const connectedUs = this.#clock.nowUs();
    const { publicId: id, role, kind, userId } = facts;
    this.#sessions.set(facts, { session, connectedUs });
    if (role === 'viewer') room.peakViewers = Math.max(room.peakViewers, viewerCount);
    const content = this.#arrival(roomId, room, facts, viewerCount, connectedUs);
    this.#log.append(
      { type: 'session', session, id, run: room.run, role, kind, userId, connectedUs, viewerCount },
      this.#wire.record(content, connectedUs),
    );
  }

  #arrival(
    roomId: string,
    room: Run,
    { publicId, role, userId }: SessionFacts,
    viewerCount: number,
    nowUs: number,
  ): EventContent {
    const data = { session_id: publicId, user_id: userId };
    if (role === 'viewer')
      return { type: 'viewer.joined', room_id: roomId, data: { ...data, viewer_count: viewerCount } };
    const lostUs = room.hosts.get(userId);
    room.hosts.set(userId, nowUs);
    if (lostUs === undefined) return { type: 'host.live', room_id: roomId, data };
    return { type: 'host.back', room_id: roomId, data: { ...data, absent_seconds: seconds(nowUs - lostUs) } };
  }

  #onSessionEnded({ roomId, session: facts, reason, viewerCount, quality }: Of<'session-ended'>): void {
    const known = this.#sessions.get(facts);
    this.#sessions.delete(facts);
    if (!known) return;
    const { publicId: id, role, userId, counters } = facts;
    const { bytesSent, bytesReceived } = counters;
    const ended = { ...known, id, role, userId, bytesSent, bytesReceived };
    this.#endSession(roomId, ended, this.#clock.nowUs(), reason, viewerCount, quality);
  }

  #endSession(
    roomId: string,
    { session, id, role, userId, connectedUs, bytesSent, bytesReceived }: Omit<OpenSession, 'run'>,
    endedUs: number,
    reason: string,
    viewerCount: number,
    quality?: object,
  ): void {
    if (role === 'host') this.#runs.get(roomId)?.hosts.set(userId, endedUs);
    const data = {
      ...{ session_id: id, user_id: userId, reason },
      duration_seconds: seconds(endedUs - connectedUs),
      ...{ bytes_sent: bytesSent, bytes_received: bytesReceived },
    };
    const qualityText = quality === undefined ? null : JSON.stringify(quality);
    this.#log.append(
      { type: 'session-end', session, endedUs, reason, bytesSent, bytesReceived, quality: qualityText },
      this.#wire.record(
        role === 'host'
          ? { type: 'host.lost', room_id: roomId, data }
          : { type: 'viewer.left', room_id: roomId, data: { ...data, viewer_count: viewerCount } },
        // Told now, even if it happened before a restart.
        this.#clock.nowUs(),
      ),
    );
  }

  #onLimitHit({ roomId, limit, detail }: Of<'limit-hit'>): void {
    const notTold = this.#limits.take(limit, roomId, this.#clock.nowUs());
    if (notTold === undefined) return;
    this.#tell({ type: 'limit.hit', room_id: roomId, data: { limit, detail, not_told: notTold } });
  }

  /** Notes how far the open sessions have come: what a server that is killed leaves behind is no older than this. */
  checkpoint(): void {
    const records: StoreRecord[] = [{ type: 'alive', atUs: this.#clock.nowUs() }];
    for (const [{ counters }, { session }] of this.#sessions) {
      const { bytesSent, bytesReceived } = counters;
      records.push({ type: 'session-bytes', session, bytesSent, bytesReceived });
    }
    this.#log.append(...records);
  }

  /** Goes on with the rooms of the server before this one, and ends the sessions that it was killed with. */
  restore({ rooms, sessions, hosts, aliveUs }: Snapshot): void {
    const roomIds = new Map<number, string>();
    for (const { run, roomId, owner, postId, createdUs, peakViewers } of rooms) {
      roomIds.set(run, roomId);
      const published = hosts.filter((host) => host.run === run);
      const lostUs = new Map(published.map((host) => [host.userId, host.lostUs]));
      this.#runs.set(roomId, { run, identity: { owner, postId, createdUs }, peakViewers, hosts: lostUs });
    }
    // A session of a room that has ended needs no event: nobody counts its viewers any more.
    const left = sessions.filter(({ run, role }) => role === 'viewer' && roomIds.has(run));
    const counts = new Map<number, number>();
    for (const { run } of left) counts.set(run, (counts.get(run) ?? 0) + 1);
    for (const session of sessions) {
      const roomId = roomIds.get(session.run);
      const endedUs = Math.max(aliveUs, session.connectedUs);
      if (session.role === 'viewer') counts.set(session.run, (counts.get(session.run) ?? 1) - 1);
      const viewerCount = counts.get(session.run) ?? 0;
      if (roomId !== undefined) this.#endSession(roomId, session, endedUs, 'server_restarted', viewerCount);
      else this.#log.append(endWithoutEvent(session, endedUs));
    }
  }
}

function endWithoutEvent({ session, bytesSent, bytesReceived }: OpenSession, endedUs: number): StoreRecord {
  const reason = 'server_restarted';
  return { type: 'session-end', session, endedUs, reason, bytesSent, bytesReceived, quality: null };
}

function seconds(us: number): number {
  return Math.max(0, Math.round(us / 1000) / 1000);
}
