import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { Store } from '../../history/store.ts';
import { checkHistory } from './history.ts';

const folder = mkdtempSync(join(tmpdir(), 'bitbasel-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

const check = (path: string, mode: 'sqlite' | 'memory' = 'sqlite') =>
  checkHistory({ history: { mode, path, keep_days: 30 } });

it.each(['/proc/nowhere/history.sqlite', '/proc/history.sqlite'])('%s cannot be written', (path) => {
  expect(check(path)).toMatchObject({ verdict: 'failed', detail: expect.stringContaining('/proc cannot be written') });
});

it('a file where a folder should be is a failure', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(check(join(folder, 'file', 'history.sqlite')).verdict).toBe('failed');
});

it('a file that is no database is a failure, and is left as it is', () => {
  const path = join(folder, 'broken.sqlite');
  writeFileSync(path, 'no database'.repeat(1000));
  expect(check(path)).toMatchObject({ verdict: 'failed', detail: expect.stringContaining('not a database') });
  expect(existsSync(path)).toBe(true);
});

it('a file that a server has open is told of', async () => {
  const path = join(folder, 'used.sqlite');
  const { store } = await Store.open(path);
  onTestFinished(() => store.close());
  expect(check(path)).toMatchObject({ verdict: 'warning', detail: `${path} is in use` });
});

it('a folder that is still to be made is fine, and is not made', async () => {
  const before = readdirSync(folder);
  expect(check(join(folder, 'a', 'b', 'history.sqlite')).verdict).toBe('ok');
  expect(readdirSync(folder)).toEqual(before);
});

it('a file of before is fine', async () => {
  const path = join(folder, 'good.sqlite');
  const { store } = await Store.open(path);
  await store.close();
  expect(check(path).verdict).toBe('ok');
});

it('nothing is looked at in memory', () => {
  expect(check('/proc/nowhere', 'memory').verdict).toBe('skipped');
});
