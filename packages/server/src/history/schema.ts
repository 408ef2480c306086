import type { DatabaseSync } from 'node:sqlite';

const version = 1;

/**
 * Runs, sessions and events are numbered by the microsecond at which they began, so that numbers sort by time.
 * All figures of a room but its peak are summed up from its sessions when they are asked for: they cannot disagree.
 */
const tables = `
CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE rooms (
  run INTEGER PRIMARY KEY,
  room_id TEXT NOT NULL,
  owner TEXT,
  post_id TEXT,
  settings TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  ended_us INTEGER,
  end_reason TEXT,
  peak_viewers INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX open_rooms ON rooms (room_id) WHERE ended_us IS NULL;
CREATE INDEX rooms_by_id ON rooms (room_id, run);
CREATE INDEX rooms_by_end ON rooms (ended_us);
CREATE TABLE sessions (
  session INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  run INTEGER NOT NULL,
  role TEXT NOT NULL,
  kind TEXT NOT NULL,
  user_id TEXT,
  connected_us INTEGER NOT NULL,
  ended_us INTEGER,
  end_reason TEXT,
  bytes_sent INTEGER NOT NULL DEFAULT 0,
  bytes_received INTEGER NOT NULL DEFAULT 0,
  quality TEXT
) STRICT;
CREATE INDEX sessions_by_run ON sessions (run, session);
CREATE INDEX open_sessions ON sessions (run) WHERE ended_us IS NULL;
CREATE TABLE events (
  event INTEGER PRIMARY KEY,
  room_id TEXT,
  type TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_room ON events (room_id, event);
CREATE TABLE deliveries (
  endpoint TEXT NOT NULL,
  lane TEXT NOT NULL,
  event INTEGER NOT NULL,
  PRIMARY KEY (endpoint, lane, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_by_event ON deliveries (event);
`;

/** Came later, and disturbs no older server: so the version is the same with it. */
const additions = `
CREATE TABLE IF NOT EXISTS revocations (key TEXT PRIMARY KEY, until_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** The file is of another version of the server's. */
export class SchemaError extends Error {}

/** @throws SchemaError, or SQLite's error where the file is broken */
export function prepareSchema(database: DatabaseSync): void {
  const { user_version: found } = database.prepare('PRAGMA user_version').get() ?? {};
  if (found !== version && found !== 0)
    throw new SchemaError(`made by another version of the server (schema ${found}, not ${version})`);
  if (found === 0) database.exec(`BEGIN IMMEDIATE; ${tables} PRAGMA user_version = ${version}; COMMIT`);
  database.exec(additions);
}
