import { describe, expect, test } from 'vitest';
import { InterArrival } from './inter-arrival.ts';
import { OveruseDetector } from './overuse-detector.ts';
import { StandingQueue } from './standing-queue.ts';
import { Trendline } from './trendline.ts';

describe('groups of packets', () => {
  test('are what was sent within 5 ms, and are compared by their last packets', () => {
    const groups = new InterArrival();
    expect(groups.onPacket(0, 100_000)).toBe(false);
    expect(groups.onPacket(4_000, 106_000)).toBe(false);
    expect(groups.onPacket(20_000, 126_000)).toBe(false);
    // The third group completes the second.
    expect(groups.onPacket(40_000, 150_000)).toBe(true);
    expect(groups).toMatchObject({ sendDeltaUs: 16_000, arrivalDeltaUs: 20_000 });
  });

  test('that come in one burst, though sent apart, are one', () => {
    const groups = new InterArrival();
    for (const [sentUs, arrivalUs] of [
      [0, 100_000],
      [20_000, 120_000],
      [40_000, 190_000],
      [60_000, 191_000],
      [80_000, 192_000],
    ] as const) {
      groups.onPacket(sentUs, arrivalUs);
    }
    expect(groups.onPacket(100_000, 212_000)).toBe(true);
    expect(groups).toMatchObject({ sendDeltaUs: 60_000, arrivalDeltaUs: 72_000 });
  });
});

/** The detector's word after `groups` groups, 20 ms apart, each of which came so much later than the one before. */
function usageAfter(groups: number, growthUs: number, jitterUs = 0) {
  const trendline = new Trendline();
  const detector = new OveruseDetector();
  let arrivalUs = 0;
  for (let group = 0; group < groups; group += 1) {
    const deltaUs = 20_000 + growthUs + (group % 2 === 0 ? jitterUs : -jitterUs);
    arrivalUs += deltaUs;
    trendline.update(20_000, deltaUs, arrivalUs);
    detector.update(trendline.slope, trendline.count, 20_000, arrivalUs);
  }
  return detector.usage;
}

describe('the detector', () => {
  test('sees nothing in a steady or jittery delay', () => {
    expect(usageAfter(100, 0)).toBe('normal');
    expect(usageAfter(100, 0, 8_000)).toBe('normal');
  });

  test('sees a queue that grows by 10%, and one that drains', () => {
    expect(usageAfter(40, 2_000)).toBe('overusing');
    expect(usageAfter(40, -2_000)).toBe('underusing');
  });

  test('adapts its threshold within its bounds', () => {
    const detector = new OveruseDetector();
    for (let i = 0; i < 500; i += 1) detector.update(0, 60, 20_000, i * 20_000);
    expect(detector.threshold).toBe(6);
    for (let i = 500; i < 3000; i += 1) detector.update(0.07, 60, 20_000, i * 20_000);
    expect(detector.threshold).toBeGreaterThan(12);
  });
});

describe('a standing queue', () => {
  /** Runs packets every 10 ms with a delay; returns how often the queue was said to stand. */
  function feed(queue: StandingQueue, fromUs: number, seconds: number, delayUs: (elapsed: number) => number): number {
    let stood = 0;
    for (let elapsed = 0; elapsed < seconds; elapsed += 0.01) {
      const sentUs = fromUs + elapsed * 1e6;
      if (queue.onPacket(sentUs, sentUs + delayUs(elapsed), 50_000)) stood += 1;
    }
    return stood;
  }

  test('is one that neither grows nor drains', () => {
    const queue = new StandingQueue();
    expect(feed(queue, 0, 5, () => 30_000)).toBe(0);
    expect(feed(queue, 5e6, 2, () => 330_000)).toBeGreaterThan(1);
    expect(queue.queueUs).toBeCloseTo(300_000);
  });

  test('is none while it drains, nor by single late packets', () => {
    const queue = new StandingQueue();
    feed(queue, 0, 2, () => 30_000);
    feed(queue, 2e6, 0.5, () => 530_000);
    expect(feed(queue, 2.5e6, 2, (elapsed) => 530_000 - 240_000 * elapsed)).toBeLessThanOrEqual(1);
    expect(
      feed(new StandingQueue(), 0, 5, (elapsed) => (Math.round(elapsed * 100) % 10 === 0 ? 30_000 : 400_000)),
    ).toBe(0);
  });

  test('that no decrease moves is a longer route', () => {
    const queue = new StandingQueue();
    feed(queue, 0, 2, () => 30_000);
    feed(queue, 2e6, 8, () => 200_000);
    expect(feed(queue, 10e6, 10, () => 200_000)).toBe(0);
  });
});
