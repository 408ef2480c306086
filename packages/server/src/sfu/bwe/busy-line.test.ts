import { describe, expect, test } from 'vitest';
import { BusyLine } from './busy-line.ts';
import { feedbackOf } from './bwe-fixture.ts';
import { GoogCcEstimator } from './goog-cc.ts';

/** Packets of 1000 bytes at these times, each of which waited so long; returns what was measured. */
function measure(packets: number, intervalUs: number, queueUs: (index: number) => number): number[] {
  const line = new BusyLine();
  const results: number[] = [];
  for (let index = 0; index < packets; index += 1) {
    const measuredBps = line.onPacket(queueUs(index), index * intervalUs, 1000);
    if (!Number.isNaN(measuredBps)) results.push(measuredBps);
  }
  return results;
}

describe('a busy line', () => {
  test('is measured at the rate at which packets come while its queue grows', () => {
    const results = measure(40, 10_000, (index) => 40_000 + 5_000 * index);
    expect(results.length).toBeGreaterThan(1);
    for (const measuredBps of results) expect(measuredBps).toBeCloseTo(800_000);
  });

  test('is not measured while its queue drains, stays as it is, or is short', () => {
    expect(measure(100, 10_000, (index) => 600_000 - 5_000 * index)).toEqual([]);
    expect(measure(100, 10_000, () => 200_000)).toEqual([]);
    expect(measure(100, 10_000, (index) => (index % 5) * 9_000)).toEqual([]);
  });

  test('is not measured over a silence', () => {
    expect(measure(20, 700_000, (index) => 40_000 + 100_000 * index)).toEqual([]);
  });
});

test('a line that narrows while it carries less than it could is followed down by the first reports of it', () => {
  const estimator = new GoogCcEstimator({ startBps: 3e6 });
  let nowUs = 1e6;
  let arrivalUs = 5e6;
  let sequence = 0;
  /** A megabit a second for so long, reported every 50 ms. */
  const send = (seconds: number, arrivalIntervalUs: number) => {
    for (let report = 0; report < seconds * 20; report += 1) {
      const arrivals: number[] = [];
      for (let packet = 0; packet < 5; packet += 1) {
        nowUs += 10_000;
        arrivalUs += arrivalIntervalUs;
        arrivals.push(arrivalUs);
        estimator.onPacketSent(sequence + packet, 1250, nowUs, 0);
        estimator.tick(nowUs);
      }
      estimator.onTransportFeedback(feedbackOf(sequence, arrivals), nowUs + 20_000);
      sequence += 5;
    }
  };
  send(5, 10_000);
  expect(estimator.targetBps).toBeGreaterThan(2.5e6);
  expect(estimator.queueUs).toBe(0);
  send(0.4, 20_000);
  expect(estimator.targetBps).toBeLessThan(500_000);
  expect(estimator.queueUs).toBeGreaterThan(100_000);
});
