import type { DatabaseSync } from 'node:sqlite';
import type {
  OpenRoom,
  OpenSession,
  Question,
  Questions,
  RunRow,
  SessionRow,
  Snapshot,
  StoredEvent,
} from './records.ts';

export type Answers = { readonly [Q in Question]: (asked: Questions[Q]['in']) => Questions[Q]['out'] };

const most = Number.MAX_SAFE_INTEGER;
const prunedAtOnce = 500;

const eventColumns = 'e.event, e.room_id AS roomId, e.type AS eventType, e.body';
const runColumns = `
  r.run, r.room_id AS roomId, r.owner, r.post_id AS postId, r.created_us AS createdUs, r.ended_us AS endedUs,
  r.end_reason AS endReason, r.peak_viewers AS peakViewers,
  coalesce(sum(CASE s.role WHEN 'viewer' THEN coalesce(s.ended_us, max(:nowUs, s.connected_us)) - s.connected_us END), 0)
    AS viewerUs,
  count(CASE s.role WHEN 'host' THEN 1 END) AS hostSessions,
  count(CASE s.role WHEN 'viewer' THEN 1 END) AS viewerSessions,
  coalesce(sum(s.bytes_sent), 0) AS bytesSent,
  coalesce(sum(s.bytes_received), 0) AS bytesReceived`;

/** Answers what can be asked of the database. Each row is of the shape that its query names its columns by. */
export function createAnswers(database: DatabaseSync): Answers {
  return { ...historyAnswers(database), ...eventAnswers(database), prune: pruning(database) };
}

function historyAnswers(database: DatabaseSync): Pick<Answers, 'runs' | 'run' | 'sessions'> {
  const runs = database.prepare(
    `SELECT ${runColumns} FROM (
       SELECT * FROM rooms WHERE run < :before AND (:roomId IS NULL OR room_id = :roomId) ORDER BY run DESC LIMIT :limit
     ) r LEFT JOIN sessions s ON s.run = r.run GROUP BY r.run ORDER BY r.run DESC`,
  );
  const run = database.prepare(
    `SELECT ${runColumns} FROM (
       SELECT * FROM rooms WHERE room_id = :roomId AND (:run IS NULL OR run = :run) ORDER BY run DESC LIMIT 1
     ) r LEFT JOIN sessions s ON s.run = r.run GROUP BY r.run`,
  );
  const sessions = database.prepare(
    `SELECT session, id, role, kind, user_id AS userId, connected_us AS connectedUs, ended_us AS endedUs,
       end_reason AS endReason, bytes_sent AS bytesSent, bytes_received AS bytesReceived, quality
     FROM sessions WHERE run = :run AND session < :before ORDER BY session DESC LIMIT :limit`,
  );
  return {
    runs: ({ limit, before = most, roomId = null, nowUs }) =>
      runs.all({ limit, before, roomId, nowUs }) as unknown as RunRow[],
    run: ({ roomId, run: wanted = null, nowUs }) =>
      run.get({ roomId, run: wanted, nowUs }) as unknown as RunRow | undefined,
    sessions: ({ run: of, limit, before = most }) =>
      sessions.all({ run: of, limit, before }) as unknown as SessionRow[],
  };
}

function eventAnswers(
  database: DatabaseSync,
): Pick<Answers, 'events' | 'lanes' | 'undelivered' | 'queued' | 'keepEndpoints'> {
  const all = database.prepare(`SELECT ${eventColumns} FROM events e WHERE event > ? ORDER BY event LIMIT ?`);
  const ofRoom = database.prepare(
    `SELECT ${eventColumns} FROM events e WHERE room_id = ? AND event > ? ORDER BY event LIMIT ?`,
  );
  const lanes = database.prepare('SELECT DISTINCT lane FROM deliveries WHERE endpoint = ?');
  const undelivered = database.prepare(
    `SELECT ${eventColumns} FROM deliveries d JOIN events e USING (event)
     WHERE d.endpoint = ? AND d.lane = ? AND d.event > ? ORDER BY d.event LIMIT ?`,
  );
  const queued = database.prepare(
    'SELECT endpoint, count(*) AS events, min(event) AS firstEvent FROM deliveries GROUP BY endpoint',
  );
  const keep = database.prepare('DELETE FROM deliveries WHERE endpoint NOT IN (SELECT value FROM json_each(?))');
  return {
    events: ({ after, limit, roomId }) =>
      (roomId === undefined ? all.all(after, limit) : ofRoom.all(roomId, after, limit)) as unknown as StoredEvent[],
    lanes: ({ endpoint }) => lanes.all(endpoint).map(({ lane }) => String(lane)),
    undelivered: ({ endpoint, lane, after, limit }) =>
      undelivered.all(endpoint, lane, after, limit) as unknown as StoredEvent[],
    queued: () => queued.all() as unknown as Questions['queued']['out'],
    keepEndpoints: ({ endpoints }) => Number(keep.run(JSON.stringify(endpoints)).changes),
  };
}

/** A room's sessions go with it, or before it where it lives long. Events that are not delivered yet stay. */
function pruning(database: DatabaseSync): Answers['prune'] {
  const statements = [
    `DELETE FROM sessions WHERE session IN (
       SELECT session FROM sessions WHERE session < :before AND ended_us < :before LIMIT ${prunedAtOnce})`,
    `DELETE FROM rooms WHERE run IN (
       SELECT run FROM rooms r WHERE ended_us < :before AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.run = r.run)
       LIMIT ${prunedAtOnce})`,
    `DELETE FROM events WHERE event IN (
       SELECT event FROM events e WHERE event < :before
       AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event = e.event) LIMIT ${prunedAtOnce})`,
    'DELETE FROM revocations WHERE until_ms < :before / 1000',
  ].map((sql) => database.prepare(sql));
  return ({ beforeUs }) =>
    statements.reduce((sum, statement) => sum + Number(statement.run({ before: beforeUs }).changes), 0);
}

/** What the server before this one was at. */
export function readSnapshot(database: DatabaseSync): Snapshot {
  const numbers = database
    .prepare(
      `SELECT max(coalesce((SELECT max(run) FROM rooms), 0), coalesce((SELECT max(session) FROM sessions), 0),
         coalesce((SELECT max(event) FROM events), 0)) AS lastNumber,
       coalesce((SELECT value FROM state WHERE name = 'alive_us'), 0) AS aliveUs`,
    )
    .get();
  const rooms = database.prepare(
    `SELECT run, room_id AS roomId, owner, post_id AS postId, settings, created_us AS createdUs,
       peak_viewers AS peakViewers FROM rooms WHERE ended_us IS NULL ORDER BY run`,
  );
  const sessions = database.prepare(
    `SELECT session, id, run, role, user_id AS userId, connected_us AS connectedUs, bytes_sent AS bytesSent,
       bytes_received AS bytesReceived FROM sessions WHERE ended_us IS NULL ORDER BY session`,
  );
  const hosts = database.prepare(
    `SELECT s.run, s.user_id AS userId, max(s.ended_us) AS lostUs FROM sessions s JOIN rooms r USING (run)
     WHERE r.ended_us IS NULL AND s.role = 'host' AND s.ended_us IS NOT NULL GROUP BY s.run, s.user_id`,
  );
  const revocations = database.prepare('SELECT key, until_ms AS untilMs FROM revocations');
  return {
    revocations: revocations.all() as unknown as Snapshot['revocations'],
    lastNumber: Number(numbers?.lastNumber),
    aliveUs: Number(numbers?.aliveUs),
    rooms: rooms.all() as unknown as OpenRoom[],
    sessions: sessions.all() as unknown as OpenSession[],
    hosts: hosts.all() as unknown as Snapshot['hosts'],
  };
}
