import type { DatabaseSync } from 'node:sqlite';
import type { StoreRecord } from './records.ts';

type WriteOf = { [Type in StoreRecord['type']]: (record: Extract<StoreRecord, { type: Type }>) => void };

/** Writes batches of records, each whole or not at all. */
export class Writes {
  readonly #database: DatabaseSync;
  readonly #write: WriteOf;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#write = {
      ...roomWrites(database),
      ...sessionWrites(database),
      ...eventWrites(database),
      ...revocationWrites(database),
    };
  }

  /** @throws SQLite's error; nothing of the batch is written then */
  commit(records: readonly StoreRecord[]): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const record of records) this.#apply(record);
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #apply<Type extends StoreRecord['type']>(record: Extract<StoreRecord, { type: Type }>): void {
    const write: (record: Extract<StoreRecord, { type: Type }>) => void = this.#write[record.type as Type];
    write(record);
  }
}

function roomWrites(database: DatabaseSync): Pick<WriteOf, 'room' | 'room-end' | 'alive'> {
  const room = database.prepare(
    'INSERT INTO rooms (run, room_id, owner, post_id, settings, created_us) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const roomEnd = database.prepare('UPDATE rooms SET ended_us = ?, end_reason = ? WHERE run = ?');
  const alive = database.prepare("INSERT OR REPLACE INTO state (name, value) VALUES ('alive_us', ?)");
  return {
    room: ({ run, roomId, owner, postId, settings, createdUs }) =>
      room.run(run, roomId, owner, postId, settings, createdUs),
    'room-end': ({ run, endedUs, reason }) => roomEnd.run(endedUs, reason, run),
    alive: ({ atUs }) => alive.run(atUs),
  };
}

function sessionWrites(database: DatabaseSync): Pick<WriteOf, 'session' | 'session-bytes' | 'session-end'> {
  const session = database.prepare(
    'INSERT INTO sessions (session, id, run, role, kind, user_id, connected_us) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const peak = database.prepare('UPDATE rooms SET peak_viewers = max(peak_viewers, ?) WHERE run = ?');
  const bytes = database.prepare(
    'UPDATE sessions SET bytes_sent = ?, bytes_received = ? WHERE session = ? AND ended_us IS NULL',
  );
  const end = database.prepare(
    'UPDATE sessions SET ended_us = ?, end_reason = ?, bytes_sent = ?, bytes_received = ?, quality = ? WHERE session = ?',
  );
  return {
    session: ({ session: number, id, run, role, kind, userId, connectedUs, viewerCount }) => {
      session.run(number, id, run, role, kind, userId, connectedUs);
      peak.run(viewerCount, run);
    },
    'session-bytes': (record) => bytes.run(record.bytesSent, record.bytesReceived, record.session),
    'session-end': ({ session: number, endedUs, reason, bytesSent, bytesReceived, quality }) =>
      end.run(endedUs, reason, bytesSent, bytesReceived, quality, number),
  };
}

function revocationWrites(database: DatabaseSync): Pick<WriteOf, 'revocation'> {
  const revocation = database.prepare('INSERT OR REPLACE INTO revocations (key, until_ms) VALUES (?, ?)');
  return { revocation: ({ key, untilMs }) => revocation.run(key, untilMs) };
}

function eventWrites(database: DatabaseSync): Pick<WriteOf, 'event' | 'delivered'> {
  const insert = database.prepare(
    'INSERT INTO events (event, room_id, type, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const queue = database.prepare(
    'INSERT INTO deliveries (endpoint, lane, event) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const delivered = database.prepare('DELETE FROM deliveries WHERE endpoint = ? AND lane = ? AND event = ?');
  return {
    event: ({ event, roomId, eventType, body, endpoints }) => {
      insert.run(event, roomId, eventType, body);
      for (const endpoint of endpoints) queue.run(endpoint, roomId ?? '', event);
    },
    delivered: ({ endpoint, roomId, event }) => delivered.run(endpoint, roomId ?? '', event),
  };
}
