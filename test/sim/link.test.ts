import { expect, test } from 'vitest';
import { FrameCount } from './frame-count.ts';
import { Link, overheadBytes } from './link.ts';
import { burstLoss, randomLoss } from './loss-model.ts';
import { seededRandom } from './random.ts';
import { VirtualTime } from './virtual-time.ts';

const random = seededRandom(1);
/** With its overhead, 1000 bytes: 8 ms at a megabit a second. */
const packet = Buffer.alloc(1000 - overheadBytes);

test('events run in the order of their time, and of asking where that is the same', () => {
  const time = new VirtualTime();
  const order: string[] = [];
  for (const [name, delayUs] of [
    ['c', 30],
    ['a', 10],
    ['d', 30],
    ['b', 20],
    ['never', 3_000_000],
  ] as const) {
    time.after(delayUs, () => order.push(name));
  }
  time.runUntil(1);
  expect(order).toEqual(['a', 'b', 'c', 'd']);
  expect(time.seconds).toBe(1);
});

test('packets queue for the rate of the link, in which a change counts at once', () => {
  const time = new VirtualTime();
  const link = new Link(time, { bitrateBps: 1e6, propagationMs: 20, random });
  const arrivals: number[] = [];
  for (let i = 0; i < 3; i += 1) link.send(packet, () => arrivals.push(Math.round(time.seconds * 1000)));
  expect(link.queueMs).toBeCloseTo(24);
  time.runUntil(0.1);
  expect(arrivals).toEqual([28, 36, 44]);
  link.send(packet, () => {});
  link.setBitrate(0.5e6);
  expect(link.queueMs).toBeCloseTo(16);
});

test('a full queue drops at its tail', () => {
  const time = new VirtualTime();
  const link = new Link(time, { bitrateBps: 1e6, propagationMs: 0, queueMs: 50, random });
  for (let i = 0; i < 20; i += 1) link.send(packet, () => {});
  time.runUntil(1);
  expect(link).toMatchObject({ delivered: 7, dropped: 13, lost: 0 });
});

test('loss has its share, and bursts their length', () => {
  const lossOf = (model: () => boolean) => Array.from({ length: 100_000 }, () => model());
  const share = (losses: boolean[]) => losses.filter(Boolean).length / losses.length;
  expect(share(lossOf(randomLoss(0.05, seededRandom(2))))).toBeCloseTo(0.05, 2);
  const bursty = lossOf(burstLoss(0.1, 5, seededRandom(3)));
  expect(share(bursty)).toBeCloseTo(0.1, 1);
  const bursts = bursty.filter((isLost, index) => isLost && !bursty[index - 1]).length;
  expect(bursty.filter(Boolean).length / bursts).toBeCloseTo(5, 0);
});

test('jitter keeps the order, reordering does not', () => {
  const run = (options: { jitterMs?: number; reordering?: number }) => {
    const time = new VirtualTime();
    const link = new Link(time, { bitrateBps: 1e7, propagationMs: 5, random, ...options });
    const arrived: number[] = [];
    for (let i = 0; i < 200; i += 1) link.send(packet, () => arrived.push(i));
    time.runUntil(2);
    return arrived;
  };
  const inOrder = Array.from({ length: 200 }, (_, i) => i);
  expect(run({ jitterMs: 30 })).toEqual(inOrder);
  const reordered = run({ reordering: 0.1 });
  expect(reordered).not.toEqual(inOrder);
  expect(reordered.toSorted((a, b) => a - b)).toEqual(inOrder);
});

test('a frame is whole when no packet of it is missing', () => {
  const frames = new FrameCount();
  // Four frames of three packets: the last packet of the first is missing, the middle one of the third comes late.
  for (const sequence of [10, 11, 13, 14, 15, 16, 18, 17, 19, 20, 21]) {
    frames.onPacket(sequence, Math.floor((sequence - 10) / 3), (sequence - 10) % 3 === 2);
  }
  expect(frames.whole).toBe(2);
});
