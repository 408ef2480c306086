import { beforeEach, describe, expect, test } from 'vitest';
import { feedbackOf } from './bwe/bwe-fixture.ts';
import { GoogCcEstimator } from './bwe/goog-cc.ts';
import { RembEstimator } from './bwe/remb-estimator.ts';
import { ViewerLine } from './viewer-line.ts';

const packet = Buffer.alloc(1000);
const startProbe = { bitrateBps: 20e6, bytes: 8_000, packets: 5 };
let estimator: GoogCcEstimator;
let line: ViewerLine;

beforeEach(() => {
  estimator = new GoogCcEstimator({ startBps: 300_000, startProbe });
  line = new ViewerLine({ send: () => true }, estimator);
});

/** Sends what the budget allows; returns how many packets that were. */
function sendAll(nowUs: number): number {
  let count = 0;
  for (; line.budget.hasRoom; count += 1) {
    line.budget.spend(packet.length);
    line.send(packet, true, nowUs);
  }
  return count;
}

/** The packets so far have come, so long after each other. */
function report(count: number, nowUs: number, intervalUs: number): void {
  const arrivals = Array.from({ length: count }, (_, index) => 5e6 + index * intervalUs);
  estimator.onTransportFeedback(feedbackOf(0, arrivals), nowUs);
}

test('a probe ends when it is sent, also where packets carry no number', () => {
  line = new ViewerLine({ send: () => true }, new RembEstimator());
  expect(line.probeDue(0)).toBeGreaterThan(0);
  for (let sent = 0; line.isProbing; sent += 1) {
    expect(sent).toBeLessThan(10);
    line.send(packet, false, 0);
  }
  line.endProbe();
  expect(line.probeDue(20_000)).toBe(0);
});

describe('a viewer who joins', () => {
  test('is sent one burst, and then little until that has come back', () => {
    line.beginReplay(1_000_000, 0);
    line.tick(true, 0);
    expect(sendAll(0)).toBe(15);
    let trickle = 0;
    for (let nowUs = 20_000; nowUs <= 200_000; nowUs += 20_000) {
      line.tick(true, nowUs);
      trickle += sendAll(nowUs);
    }
    // 7.5 kB in 0.2 s, and what may always be sent at once.
    expect(trickle).toBeLessThan(15);
  });

  test('is replayed the rest at the rate that the burst has shown', () => {
    line.beginReplay(1_000_000, 0);
    line.tick(true, 0);
    sendAll(0);
    report(15, 150_000, 2_000);
    expect(estimator.isMeasured).toBe(true);
    expect(estimator.targetBps).toBeCloseTo(3.8e6, -4);
    line.tick(true, 160_000);
    expect(line.budget.rateBps).toBe(estimator.targetBps);
    line.tick(true, 180_000);
    expect(line.budget.rateBps).toBeCloseTo(1.07 * estimator.targetBps);
    line.tick(false, 200_000);
    expect(line.budget.rateBps).toBe(2.5 * estimator.targetBps);
  });
});

test('no more than the line carries is sent while something waits in it', () => {
  line.beginReplay(100_000, 0);
  line.tick(true, 0);
  sendAll(0);
  report(15, 250_000, 10_000);
  expect(estimator.queueUs).toBeGreaterThan(100_000);
  line.tick(false, 260_000);
  expect(line.budget.rateBps).toBe(estimator.targetBps);
});
