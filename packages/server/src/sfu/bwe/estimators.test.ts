import { describe, expect, test } from 'vitest';
import { NullBandwidthEstimator } from './bandwidth-estimator.ts';
import { Conversation } from './bwe-fixture.ts';
import { GoogCcEstimator } from './goog-cc.ts';
import { RembEstimator } from './remb-estimator.ts';

const second = 1_000_000;
/** A megabit a second. */
const steady = { packets: 500, sizeBytes: 1250, sendIntervalUs: 10_000, arrivalIntervalUs: 10_000 };

describe('Google congestion control', () => {
  test('grows while packets arrive as they were sent, and falls below what gets through when they queue', () => {
    const estimator = new GoogCcEstimator({ startBps: 1e6 });
    const conversation = new Conversation(estimator);
    conversation.run(steady);
    expect(estimator.targetBps).toBeGreaterThan(1.2e6);
    conversation.run({ ...steady, packets: 100, arrivalIntervalUs: 12_000 });
    expect(estimator.targetBps).toBeLessThan(0.85e6);
    expect(estimator.targetBps).toBeGreaterThan(0.5e6);
  });

  test('halves the rate each 1.5 s while no feedback comes, but not while nothing is sent', () => {
    const estimator = new GoogCcEstimator({ startBps: 1e6 });
    estimator.tick(0);
    estimator.tick(10 * second);
    expect(estimator.targetBps).toBe(1e6);
    estimator.onPacketSent(0, 1200, 10 * second, 0);
    for (const seconds of [11, 12, 13.4]) estimator.tick(seconds * second);
    expect(estimator.targetBps).toBe(0.5e6);
    estimator.tick(13.6 * second);
    expect(estimator.targetBps).toBe(0.25e6);
  });

  test('does not grow beyond what is wanted', () => {
    const estimator = new GoogCcEstimator({ startBps: 1e6 });
    estimator.setDemand(900_000);
    new Conversation(estimator).run({ ...steady, packets: 2000 });
    expect(estimator.targetBps).toBeLessThan(1.15e6);
  });

  test('probes from the start, and is capped by the receiver', () => {
    const estimator = new GoogCcEstimator();
    expect(estimator.nextProbe(0)).toMatchObject({ bitrateBps: 900_000 });
    estimator.onRemb(100_000);
    expect(estimator.targetBps).toBe(100_000);
  });
});

describe('the fall-back', () => {
  test('believes the receiver, below what loss allows', () => {
    const estimator = new RembEstimator();
    expect(estimator.targetBps).toBe(300_000);
    estimator.onRemb(1e6, 0);
    expect(estimator.targetBps).toBe(1e6);
    estimator.onReceiverReport(0.2, Number.NaN, second);
    expect(estimator.targetBps).toBe(0.9e6);
    estimator.onReceiverReport(0.05, Number.NaN, 2 * second);
    expect(estimator.targetBps).toBe(0.9e6);
    for (let i = 0; i < 10; i += 1) estimator.onReceiverReport(0, Number.NaN, (3 + i) * second);
    expect(estimator.targetBps).toBe(1e6);
    estimator.onRemb(1, 20 * second);
    expect(estimator.targetBps).toBe(30_000);
  });

  test('lets a viewer catch up fast until its receiver has had time to estimate', () => {
    const estimator = new RembEstimator();
    expect([estimator.catchUpBps, estimator.catchUpGrows]).toEqual([4e6, true]);
    estimator.onRemb(500_000, second);
    estimator.onRemb(500_000, 3 * second);
    expect([estimator.catchUpBps, estimator.catchUpGrows]).toEqual([4e6, true]);
    estimator.onRemb(500_000, 4 * second);
    expect([estimator.catchUpBps, estimator.catchUpGrows]).toEqual([500_000, false]);
  });

  test('probes, so that the receiver sees more', () => {
    const estimator = new RembEstimator();
    estimator.onPacketSent();
    expect(estimator.nextProbe(0)).toMatchObject({ bitrateBps: 900_000 });
    estimator.onRemb(850_000, 0.3 * second);
    expect(estimator.nextProbe(0.3 * second)).toMatchObject({ bitrateBps: 1_700_000 });
    estimator.onRemb(600_000, 0.5 * second);
    expect(estimator.nextProbe(3 * second)).toBeUndefined();
  });
});

test('the null estimator stays at its rate', () => {
  const estimator = new NullBandwidthEstimator(2e6);
  new Conversation(estimator).run({ ...steady, arrivalIntervalUs: 30_000 });
  expect(estimator.targetBps).toBe(2e6);
  expect(estimator.nextProbe()).toBeUndefined();
});
