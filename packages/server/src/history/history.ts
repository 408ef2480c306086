import type { RoomHistory, RoomHistoryDetail, RoomHistoryPage, SessionHistory } from '@bitbasel/protocol';
import { type Clock, isoTime } from '../rooms/clock.ts';
import type { RoomIdentity } from '../rooms/lifecycle.ts';
import { idOf, numberOf, numberText } from './numbering.ts';
import type { OpenRoom, Question, Questions, RunRow, SessionRow } from './records.ts';

/** What reading needs of the store. */
export interface AnsweringStore {
  ask<Q extends Question>(question: Q, asked: Questions[Q]['in']): Promise<Questions[Q]['out']>;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The history as the API shows it. */
export class History {
  readonly #store: AnsweringStore;
  readonly #clock: Clock;

  constructor(store: AnsweringStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Newest first. */
  async rooms({ limit, cursor }: PageRequest, roomId?: string): Promise<RoomHistoryPage> {
    const runs = await this.#store.ask('runs', {
      limit: limit + 1,
      nowUs: this.#clock.nowUs(),
      ...(cursor !== undefined && { before: numberOf(cursor) }),
      ...(roomId !== undefined && { roomId }),
    });
    const { shown, next } = page(runs, limit, ({ run }) => run);
    return { rooms: shown.map(toRoomHistory), next };
  }

  /** The latest run of a room, or the one that is named; undefined where there is none. */
  async room(roomId: string, { limit, cursor }: PageRequest, runId?: string): Promise<RoomHistoryDetail | undefined> {
    const nowUs = this.#clock.nowUs();
    const named = runId === undefined ? {} : { run: numberOf(runId) };
    const row = await this.#store.ask('run', { roomId, nowUs, ...named });
    if (!row) return undefined;
    const before = cursor === undefined ? {} : { before: numberOf(cursor) };
    const rows = await this.#store.ask('sessions', { run: row.run, limit: limit + 1, ...before });
    const { shown, next } = page(rows, limit, ({ session }) => session);
    return { ...toRoomHistory(row), sessions: shown.map((session) => toSessionHistory(session, nowUs)), next };
  }
}

/** One row more than a page was asked for: so it is known whether another page follows. */
function page<Row>(rows: readonly Row[], limit: number, numberOfRow: (row: Row) => number) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? numberText(numberOfRow(last)) : null;
  return { shown, next };
}

function timeOrNull(us: number | null): string | null {
  return us === null ? null : isoTime(us);
}

function toRoomHistory(row: RunRow): RoomHistory {
  return {
    run_id: idOf('run', row.run),
    room_id: row.roomId,
    owner: row.owner,
    post_id: row.postId,
    created_at: isoTime(row.createdUs),
    ended_at: timeOrNull(row.endedUs),
    end_reason: row.endReason,
    peak_viewers: row.peakViewers,
    viewer_minutes: Math.round(row.viewerUs / 60e3) / 1000,
    host_sessions: row.hostSessions,
    viewer_sessions: row.viewerSessions,
    bytes_sent: row.bytesSent,
    bytes_received: row.bytesReceived,
  };
}

function toSessionHistory(row: SessionRow, nowUs: number): SessionHistory {
  return {
    session_id: row.id,
    role: row.role,
    kind: row.kind,
    user_id: row.userId,
    connected_at: isoTime(row.connectedUs),
    ended_at: timeOrNull(row.endedUs),
    end_reason: row.endReason,
    duration_seconds: Math.max(0, Math.round(((row.endedUs ?? nowUs) - row.connectedUs) / 1000) / 1000),
    bytes_sent: row.bytesSent,
    bytes_received: row.bytesReceived,
    quality: row.quality === null ? null : JSON.parse(row.quality),
  };
}

/** A room as the registry makes it again. */
export function toIdentity({ roomId, owner, postId, settings, createdUs }: OpenRoom): RoomIdentity {
  return { id: roomId, owner, postId, settings: JSON.parse(settings), createdUs };
}
