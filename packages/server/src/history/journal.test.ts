import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Journal } from './journal.ts';
import type { StoreRecord } from './records.ts';
import { StoreError } from './store.ts';

const diskFull = 13;
const constraint = 19;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const event = (number: number): StoreRecord => ({
  ...{ type: 'event', event: number, roomId: 'a', eventType: 'host.live', body: '{}', endpoints: [] },
});
const room: StoreRecord = {
  ...{ type: 'room', run: 1, roomId: 'a', owner: null, postId: null, settings: '{}', createdUs: 1 },
};

/** A disk that fails for as long as it is told to; what was written to it, and what was published when. */
function disk() {
  const state = { failing: undefined as number | undefined };
  const written: StoreRecord[][] = [];
  const published: number[] = [];
  const store = {
    commit: async (records: readonly StoreRecord[]) => {
      if (state.failing !== undefined) throw new StoreError('no', state.failing);
      written.push([...records]);
    },
  };
  const logger = pino({ level: 'silent' });
  const publish = (events: readonly { event: number }[]) => void published.push(...events.map((one) => one.event));
  return { state, written, published, journal: new Journal({ store, logger, publish }) };
}

it('publishes an event when it is written, and writes together what came meanwhile', async () => {
  const { journal, written, published } = disk();
  journal.append(event(1));
  journal.append(event(2), event(3));
  expect(published).toEqual([]);
  await journal.flush();
  expect(written.map((batch) => batch.length)).toEqual([1, 2]);
  expect(published).toEqual([1, 2, 3]);
});

it('holds nothing up where the disk is full, and writes all of it in its order when there is room', async () => {
  const { state, journal, written, published } = disk();
  state.failing = diskFull;
  journal.append(room, event(1));
  await journal.settled();
  expect(journal.fault).toContain('no');
  journal.append(event(2));
  await journal.settled();
  expect(published).toEqual([1, 2]);
  expect(written).toEqual([]);

  state.failing = undefined;
  await vi.advanceTimersByTimeAsync(1000);
  expect(journal.fault).toBeUndefined();
  expect(written.flat()).toEqual([room, event(1), event(2)]);
  expect(published).toEqual([1, 2]);
});

it('drops records that the database refuses for good, and goes on with the others', async () => {
  const { state, journal, written, published } = disk();
  state.failing = constraint;
  journal.append(event(1));
  await journal.flush();
  state.failing = undefined;
  journal.append(event(2));
  await journal.flush();
  expect([journal.droppedRecords, written.flat(), published]).toEqual([1, [event(2)], [1, 2]]);
});

it('lets no more wait than it has place for, but rooms', async () => {
  const { state, journal } = disk();
  state.failing = diskFull;
  journal.append(room);
  await journal.settled();
  for (let number = 1; number <= 50_010; number += 1) journal.append({ type: 'alive', atUs: number });
  expect(journal.droppedRecords).toBe(11);
  journal.append({ type: 'room-end', run: 1, endedUs: 2, reason: 'stopped' });
  expect(journal.droppedRecords).toBe(11);
});
