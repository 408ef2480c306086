import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Each counts what must not be. */
const faults = {
  'rooms twice there': 'SELECT count(*) - count(DISTINCT room_id) AS n FROM rooms WHERE ended_us IS NULL',
  'sessions without a room': 'SELECT count(*) AS n FROM sessions WHERE run NOT IN (SELECT run FROM rooms)',
  'rooms without their one event of the start':
    "SELECT count(*) AS n FROM rooms r WHERE 1 <> (SELECT count(*) FROM events e WHERE e.room_id = r.room_id AND type = 'room.started')",
  'ended rooms without their one event of the end':
    "SELECT count(*) AS n FROM rooms r WHERE (ended_us IS NOT NULL) <> (SELECT count(*) FROM events e WHERE e.room_id = r.room_id AND type = 'room.ended')",
  'sessions without their one event of the coming':
    "SELECT (SELECT count(*) FROM sessions) - (SELECT count(*) FROM events WHERE type IN ('viewer.joined', 'host.live', 'host.back')) AS n",
  'sessions without their one event of the going':
    "SELECT (SELECT count(*) FROM sessions WHERE ended_us IS NOT NULL) - (SELECT count(*) FROM events WHERE type IN ('viewer.left', 'host.lost')) AS n",
  'sessions that ended before they came': 'SELECT count(*) AS n FROM sessions WHERE ended_us < connected_us',
} as const;

export interface DatabaseAudit {
  readonly integrity: unknown;
  /** What is wrong, by name. */
  readonly faults: Record<string, unknown>;
  readonly eventIds: string[];
  readonly undelivered: unknown;
}

/** Looks at a copy of the files, as a killed server has left them. */
export function auditDatabase(path: string): DatabaseAudit {
  const folder = mkdtempSync(join(tmpdir(), 'bitbasel-audit-'));
  cpSync(dirname(path), folder, { recursive: true });
  const database = new DatabaseSync(join(folder, basename(path)));
  try {
    const count = (sql: string) => database.prepare(sql).get()?.n;
    return {
      integrity: database.prepare('PRAGMA integrity_check').get()?.integrity_check,
      faults: Object.fromEntries(
        Object.entries(faults)
          .map(([name, sql]) => [name, count(sql)] as const)
          .filter(([, found]) => found !== 0),
      ),
      eventIds: database
        .prepare("SELECT json_extract(body, '$.id') AS id FROM events ORDER BY event")
        .all()
        .map(({ id }) => String(id)),
      undelivered: count('SELECT count(*) AS n FROM deliveries'),
    };
  } finally {
    database.close();
    rmSync(folder, { recursive: true });
  }
}
