import { afterEach, expect, it, vi } from 'vitest';
import { ManualClock } from '../../test-support/rooms.ts';
import { FanOut } from './fan-out.ts';

const removed = (number: number) => ({ type: 'chat-removed', message_id: `msg_${number}` }) as const;

afterEach(() => {
  vi.useRealTimers();
});

class Receiver {
  readonly frames: Buffer[] = [];
  deliver(frame: Buffer): void {
    this.frames.push(frame);
  }
}

async function turns(until: () => boolean): Promise<number> {
  let count = 0;
  while (!until()) {
    await new Promise((resolve) => setImmediate(resolve));
    count += 1;
  }
  return count;
}

it('writes a message down once, for everybody', async () => {
  const fanOut = new FanOut(new ManualClock());
  const receivers = Array.from({ length: 3 }, () => new Receiver());
  fanOut.send(removed(1), receivers);
  await turns(() => receivers.every(({ frames }) => frames.length === 1));
  const [first] = receivers;
  expect(JSON.parse(String(first?.frames[0]))).toEqual(removed(1));
  for (const { frames } of receivers) expect(frames[0]).toBe(first?.frames[0]);
});

it('lets the event loop go on between batches, and keeps the order', async () => {
  const fanOut = new FanOut(new ManualClock());
  const receivers = Array.from({ length: 1000 }, () => new Receiver());
  const has = (count: number) => () => receivers.at(-1)?.frames.length === count;
  for (let number = 0; number < 3; number += 1) fanOut.send(removed(number), receivers);
  expect(receivers[0]?.frames).toHaveLength(0);
  // 50 deliveries a turn.
  expect(await turns(has(3))).toBeGreaterThanOrEqual(60);
  for (const { frames } of receivers)
    expect(frames.map((frame) => JSON.parse(String(frame)).message_id)).toEqual(['msg_0', 'msg_1', 'msg_2']);
});

it('takes a fifth of the thread at most, however much there is to tell', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate'] });
  const clock = new ManualClock();
  const fanOut = new FanOut(clock);
  let delivered = 0;
  // Each takes 20 us, so that a batch takes 1 ms.
  const receiver = {
    deliver: () => {
      delivered += 1;
      clock.advance(20e-6);
    },
  };
  for (let number = 0; number < 10; number += 1) fanOut.send(removed(number), Array(50).fill(receiver));
  await vi.advanceTimersByTimeAsync(0);
  expect(delivered).toBe(50);
  clock.advance(0.003);
  await vi.advanceTimersByTimeAsync(3);
  expect(delivered).toBe(50);
  clock.advance(0.001);
  await vi.advanceTimersByTimeAsync(1);
  expect(delivered).toBe(100);
});

it('leaves those out that come while a message is under way', async () => {
  const fanOut = new FanOut(new ManualClock());
  const [early, late] = [new Receiver(), new Receiver()];
  fanOut.send(removed(1), [early]);
  fanOut.send(removed(2), [early, late]);
  await turns(() => late.frames.length > 0);
  expect([early.frames.length, late.frames.length]).toEqual([2, 1]);
});

it('says when what it has to tell takes too long', async () => {
  const clock = new ManualClock();
  const fanOut = new FanOut(clock);
  const receiver = new Receiver();
  fanOut.send(removed(1), [receiver]);
  clock.advance(1);
  expect(fanOut.isBusy).toBe(false);
  clock.advance(0.001);
  expect(fanOut.isBusy).toBe(true);
  await turns(() => receiver.frames.length === 1);
  expect(fanOut.isBusy).toBe(false);
});

it('says when it has more than it can tell, until it has told it', async () => {
  const fanOut = new FanOut(new ManualClock());
  const receiver = new Receiver();
  for (let number = 0; number < 256; number += 1) {
    expect(fanOut.isBusy).toBe(false);
    fanOut.send(removed(number), [receiver]);
  }
  expect(fanOut.isBusy).toBe(true);
  await turns(() => receiver.frames.length === 256);
  expect(fanOut.isBusy).toBe(false);
});
