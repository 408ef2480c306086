import { existsSync, mkdtempSync, rmdirSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Config } from '../../config/schema.ts';
import { type Finding, findingsOf, reasonOf } from '../finding.ts';

/** With less room than this, a busy server soon has none. */
const leastFreeBytes = 100 * 1024 * 1024;
/** SQLite's result code (sqlite.org/rescode.html). */
const busy = 5;

const { ok, warning, failed, skipped } = findingsOf('history');

/** Whether history.path can be written, without writing to it. */
export function checkHistory({ history }: Pick<Config, 'history'>): Finding {
  if (history.mode === 'memory') return skipped('history is kept in memory: rooms are gone with the process');
  const path = resolve(history.path);
  const advice =
    'Make the folder and give it to the user of the server, or set history.path. Until then history is kept in memory.';
  const folder = nearestFolder(dirname(path));
  try {
    rmdirSync(mkdtempSync(join(folder, '.bitbasel-doctor-')));
  } catch (error) {
    return failed(`${folder} cannot be written: ${reasonOf(error)}`, advice);
  }
  const fault = existsSync(path) ? faultOfFile(path) : undefined;
  if (fault !== undefined) return fault;
  const { bavail, bsize } = statfsSync(folder);
  const freeMebibytes = Math.floor((bavail * bsize) / 2 ** 20);
  if (bavail * bsize < leastFreeBytes)
    return warning(`${folder} has ${freeMebibytes} MiB left`, 'Make room, or lower history.keep_days.');
  return ok(`${path} can be written, ${freeMebibytes} MiB are free`);
}

/** That the server would make the folders below. */
function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path));
}

function faultOfFile(path: string): Finding | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec('BEGIN IMMEDIATE; ROLLBACK');
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
    if (code === busy)
      return warning(`${path} is in use`, 'Fine if it is this server that runs now; two servers need two files.');
    return failed(
      `${path} cannot be used: ${reasonOf(error)}`,
      'If it is broken, the server puts it aside and begins a new one; if not, mind its owner and rights.',
    );
  } finally {
    database?.close();
  }
}
