import type { Question, Questions, Snapshot, StoreRecord } from './records.ts';

/** To the worker that owns the database. */
export type StoreRequest =
  | { type: 'commit'; id: number; records: readonly StoreRecord[] }
  | { type: 'ask'; id: number; question: Question; asked: Questions[Question]['in'] }
  | { type: 'close' };

/** And back. `code` is SQLite's primary result code. */
export type StoreReply =
  | { type: 'opened'; mode: 'sqlite' | 'memory'; fault?: string; setAside?: string; snapshot: Snapshot }
  | { type: 'done'; id: number; answer?: Questions[Question]['out'] }
  | { type: 'failed'; id: number; message: string; code: number | undefined };

/** What the worker is started with: null for a database in memory. */
export interface StoreWorkerData {
  readonly path: string | null;
}
