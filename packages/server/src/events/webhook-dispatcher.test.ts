import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Questions, StoredEvent, StoreRecord } from '../history/records.ts';
import { ManualClock } from '../test-support/rooms.ts';
import { WebhookDispatcher } from './webhook-dispatcher.ts';

const secret = `whsec_${Buffer.alloc(24).toString('base64')}`;
const hour = 3600;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A dispatcher over a queue in memory; `answer` says why an endpoint fails. */
function start(answer: (url: string, event: StoredEvent) => string | undefined, events: object[] = [{}]) {
  const clock = new ManualClock();
  const queue: StoredEvent[] = [];
  const sent: [url: string, number: number][] = [];
  const endpoints = events.map((filter, index) => ({ url: `http://hook${index}`, secret, ...filter }));
  const answers: { [Q in keyof Questions]?: (asked: Questions[Q]['in']) => Questions[Q]['out'] } = {
    keepEndpoints: () => 0,
    lanes: () => [...new Set(queue.map(({ roomId }) => roomId ?? ''))],
    undelivered: ({ lane, after, limit }) =>
      queue.filter(({ roomId, event }) => (roomId ?? '') === lane && event > after).slice(0, limit),
  };
  const log = {
    append: (...records: readonly StoreRecord[]) => {
      for (const record of records)
        if (record.type === 'delivered')
          queue.splice(
            queue.findIndex(({ event }) => event === record.event),
            1,
          );
    },
  };
  const dispatcher = new WebhookDispatcher(endpoints, {
    store: { ask: async (question, asked) => answers[question]?.(asked as never) as never },
    ...{ log, clock, logger: pino({ level: 'silent' }), giveUpUs: hour * 1e6, random: () => 0 },
    send: async ({ url }, event) => {
      sent.push([url, event.event - first]);
      return answer(url, event);
    },
  });
  const first = clock.nowUs();
  const make = (number: number, roomId: string | null = 'a', eventType = 'host.live'): StoredEvent => {
    const event = { event: first + number, roomId, eventType, body: '{}' };
    queue.push(event);
    return event;
  };
  const pass = async (seconds: number) => {
    clock.advance(seconds);
    await vi.advanceTimersByTimeAsync(seconds * 1000);
  };
  return { dispatcher, queue, sent, make, pass, first };
}

it('holds back the later events of a room for the endpoint that fails, and nothing else', async () => {
  let broken = true;
  const failing = (url: string, { roomId }: StoredEvent) =>
    broken && url === 'http://hook0' && roomId === 'a' ? 'no' : undefined;
  const { dispatcher, sent, make, pass } = start(failing, [{}, {}]);
  dispatcher.add([make(1), make(2), make(3, 'b')]);
  await pass(0);
  expect(sent.filter(([url]) => url === 'http://hook0').map(([, number]) => number)).toEqual([1, 3]);
  expect(sent.filter(([url]) => url === 'http://hook1').map(([, number]) => number)).toEqual([1, 3, 2]);
  broken = false;
  await pass(1);
  expect(sent.filter(([url]) => url === 'http://hook0').map(([, number]) => number)).toEqual([1, 3, 1, 2]);
});

it('waits twice as long after every failure, up to five minutes, and a new event does not cut that short', async () => {
  const { dispatcher, sent, make, pass } = start(() => 'no');
  dispatcher.add([make(1)]);
  await pass(0);
  for (const [wait, tries] of [
    [0.9, 1],
    [0.1, 2],
    [1.9, 2],
    [0.1, 3],
    [4, 4],
    [8, 5],
  ] as const) {
    dispatcher.add([make(sent.length + 10)]);
    await pass(wait);
    expect(sent.length).toBe(tries);
  }
  dispatcher.close();
  await pass(hour);
  expect(sent.length).toBe(5);
});

it('gives an event up when it is too old, and goes on with the next', async () => {
  const { dispatcher, sent, make, pass, queue } = start((_, { eventType }) =>
    eventType === 'host.live' ? 'no' : undefined,
  );
  dispatcher.add([make(1), make(2, 'a', 'host.lost')]);
  await pass(0);
  for (let minutes = 0; minutes < 70; minutes += 1) await pass(60);
  expect(queue).toEqual([]);
  expect(sent.at(-1)).toEqual(['http://hook0', 2]);
  expect(dispatcher.dump()).toMatchObject([{ delivered: 1, givenUp: 1, waitingRooms: 0 }]);
});

it('keeps few events in memory, and delivers those that only the database has, in order', async () => {
  let broken = true;
  const { dispatcher, sent, make, pass } = start(() => (broken ? 'no' : undefined));
  const numbers = Array.from({ length: 100 }, (_, index) => index + 1);
  for (const number of numbers) dispatcher.add([make(number)]);
  await pass(0);
  broken = false;
  await pass(1);
  expect(sent.map(([, number]) => number)).toEqual([1, ...numbers]);
});

it('tells an endpoint of the events that it named', async () => {
  const { dispatcher, sent, make, pass } = start(() => undefined, [{ events: ['room.ended'] }]);
  dispatcher.add([make(1), make(2, 'a', 'room.ended'), make(3, null, 'limit.hit')]);
  await pass(0);
  expect(sent).toEqual([['http://hook0', 2]]);
});

it('is idle once every event that can be sent now has been tried', async () => {
  const { dispatcher, sent, make } = start((_, { roomId }) => (roomId === 'a' ? 'no' : undefined));
  await dispatcher.idle();
  dispatcher.add([make(1), make(2), make(3, 'b'), make(4, 'b')]);
  await dispatcher.idle();
  expect(sent.map(([, number]) => number)).toEqual([1, 3, 4]);
});
