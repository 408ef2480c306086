import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { prepareSchema, SchemaError } from './schema.ts';

/** What was opened, and what stood in the way of the file that was asked for. */
export interface OpenedDatabase {
  readonly database: DatabaseSync;
  readonly mode: 'sqlite' | 'memory';
  readonly fault?: string;
  /** Where a file that could not be used was put. */
  readonly setAside?: string;
}

/** SQLite's result codes (sqlite.org/rescode.html). */
const corrupt = 11;
const notADatabase = 26;

/** A file larger than this is not read whole before it is used: the server is to be back within two seconds. */
const largestCheckedBytes = 64 * 1024 * 1024;

/**
 * Opens the file, or a database in memory where `path` is null. A broken file is put aside and a new one begun; where
 * there can be no file (no right to, no room, another server's) what happens is kept in memory. Never throws.
 */
export function openDatabase(path: string | null, nowMs: number): OpenedDatabase {
  if (path === null) return openMemory();
  try {
    makeFolder(dirname(path));
    return { database: openFile(path), mode: 'sqlite' };
  } catch (error) {
    const fault = `${path}: ${error instanceof Error ? error.message : error}`;
    if (!isBroken(error)) return { ...openMemory(), fault };
    try {
      const setAside = putAside(path, nowMs);
      return { database: openFile(path), mode: 'sqlite', fault, setAside };
    } catch (second) {
      return { ...openMemory(), fault: `${fault}; ${second instanceof Error ? second.message : second}` };
    }
  }
}

/**
 * Not by the option `recursive`: below /proc, and wherever else the system says that there is no such folder while its
 * parent is there, Node tries for ever.
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another program may have made it just now.
    if (!existsSync(path)) throw error;
  }
}

function openMemory(): OpenedDatabase {
  const database = new DatabaseSync(':memory:');
  prepareSchema(database);
  return { database, mode: 'memory' };
}

function openFile(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 500 });
  try {
    // Exclusive: two servers would restore, and end, each other's rooms. The system frees the lock of a killed process.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    // The lock is taken with the first write.
    database.exec('BEGIN IMMEDIATE; COMMIT');
    if (statSync(path).size <= largestCheckedBytes) check(database);
    prepareSchema(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

class BrokenFileError extends Error {}

function check(database: DatabaseSync): void {
  const { quick_check: finding } = database.prepare('PRAGMA quick_check(1)').get() ?? {};
  if (finding !== 'ok') throw new BrokenFileError(String(finding));
}

function isBroken(error: unknown): boolean {
  if (error instanceof BrokenFileError || error instanceof SchemaError) return true;
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
  return code === corrupt || code === notADatabase;
}

/** With its log, which belongs to it. @returns its new name */
function putAside(path: string, nowMs: number): string {
  const aside = `${path}.broken-${new Date(nowMs).toISOString().replaceAll(':', '')}`;
  renameSync(path, aside);
  for (const suffix of ['-wal', '-shm']) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  return aside;
}
