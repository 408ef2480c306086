import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it } from 'vitest';
import type { StoreRecord } from './records.ts';
import { Store, StoreError } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'bitbasel-store-'));
afterAll(() => rmSync(folder, { recursive: true }));

const event = (number: number, endpoints: string[] = []): StoreRecord => ({
  ...{ type: 'event', event: number, roomId: 'a', eventType: 'host.live', body: '{}', endpoints },
});
const room = (run: number): StoreRecord => ({
  ...{ type: 'room', run, roomId: `r${run}`, owner: null, postId: null, settings: '{}', createdUs: run },
});

it('writes a batch whole or not at all', async () => {
  const { store } = await Store.open(null);
  // A room's end that is no number is refused by the table.
  const broken = { type: 'room-end', run: 1, endedUs: 'now', reason: 'stopped' } as unknown as StoreRecord;
  await expect(store.commit([event(1), room(1), broken])).rejects.toThrow(StoreError);
  expect(await store.ask('events', { after: 0, limit: 9 })).toEqual([]);
  await store.commit([event(2)]);
  expect(await store.ask('events', { after: 0, limit: 9 })).toMatchObject([{ event: 2 }]);
  await store.close();
});

it('changes nothing where a batch comes a second time', async () => {
  const { store } = await Store.open(null);
  const batch = [room(1), event(2, ['http://x']), event(3)];
  await store.commit(batch);
  await store.commit(batch);
  expect(await store.ask('runs', { limit: 9, nowUs: 5 })).toHaveLength(1);
  expect(await store.ask('undelivered', { endpoint: 'http://x', lane: 'a', after: 0, limit: 9 })).toHaveLength(1);
  await store.close();
});

it('removes what ended before, but no open room and no event that is not delivered', async () => {
  const { store } = await Store.open(null);
  const records: StoreRecord[] = [room(1), room(2)];
  for (let number = 10; number < 1200; number += 1) records.push(event(number));
  records.push(event(9, ['http://x']), event(5000), { type: 'room-end', run: 1, endedUs: 100, reason: 'stopped' });
  await store.commit(records);
  const removed: number[] = [];
  do removed.push(await store.ask('prune', { beforeUs: 2000 }));
  while (removed.at(-1) !== 0);
  expect(removed).toEqual([501, 500, 190, 0]);
  expect((await store.ask('runs', { limit: 9, nowUs: 0 })).map(({ run }) => run)).toEqual([2]);
  expect((await store.ask('events', { after: 0, limit: 9 })).map((one) => one.event)).toEqual([9, 5000]);
  await store.close();
});

it('takes a file of before there were revocations, and keeps them in it until they are over', async () => {
  const path = join(folder, 'older.sqlite');
  const { store } = await Store.open(path);
  await store.commit([room(1)]);
  await store.close();
  const older = new DatabaseSync(path);
  older.exec('DROP TABLE revocations');
  older.close();

  const { store: next, opened } = await Store.open(path);
  expect(opened).toMatchObject({ mode: 'sqlite', snapshot: { rooms: [{ roomId: 'r1' }], revocations: [] } });
  expect(opened.setAside).toBeUndefined();
  await next.commit([
    { type: 'revocation', key: 'token 1', untilMs: 1000 },
    { type: 'revocation', key: 'token 2', untilMs: 2000 },
    { type: 'revocation', key: 'token 2', untilMs: 3000 },
  ]);
  await next.ask('prune', { beforeUs: 2_000_000 });
  await next.close();
  const { store: last, opened: again } = await Store.open(path);
  expect(again.snapshot.revocations).toEqual([{ key: 'token 2', untilMs: 3000 }]);
  await last.close();
});

it('refuses a file of another version of the server, and puts it aside', async () => {
  const path = join(folder, 'other.sqlite');
  const other = new DatabaseSync(path);
  other.exec('PRAGMA user_version = 99');
  other.close();
  const { store, opened } = await Store.open(path);
  expect(opened).toMatchObject({ mode: 'sqlite', setAside: expect.stringMatching(/other\.sqlite\.broken-/) });
  await store.close();
});

it.each(['/proc/nowhere', '/proc/nowhere/below', '/dev/null/below'])(
  'is in memory, and says why, where no folder %s can be made',
  async (unmakeable) => {
    const { store, opened } = await Store.open(join(unmakeable, 'history.sqlite'));
    expect(opened).toMatchObject({ mode: 'memory', fault: expect.stringMatching(/ENOENT|ENOTDIR/) });
    await store.close();
  },
);
