import fc from 'fast-check';
import { expect, test } from 'vitest';
import { receiverClockWrapUs } from '../../rtp/rtcp/transport-feedback.ts';
import { feedbackOf } from './bwe-fixture.ts';
import { GoogCcEstimator } from './goog-cc.ts';
import { PacketResults } from './packet-results.ts';
import { SentPackets } from './sent-packets.ts';

function all(results: PacketResults) {
  return Array.from({ length: results.count }, (_, index) => ({ ...results.at(index) }));
}

test('gives what was sent with when it came, in the order of arrival, across the wrap of the numbers', () => {
  const sent = new SentPackets();
  const results = new PacketResults();
  sent.record(65_535, 100, 1000, 0);
  sent.record(0, 200, 2000, 7);
  sent.record(1, 300, 3000, 0);
  sent.resolve(feedbackOf(65_535, [50_000, 49_000, undefined]), results);
  expect(all(results)).toEqual([
    { sentUs: 2000, arrivalUs: 49_000, sizeBytes: 200, probeId: 7 },
    { sentUs: 1000, arrivalUs: 50_000, sizeBytes: 100, probeId: 0 },
  ]);
  expect(results).toMatchObject({ lost: 1, newestSentUs: 2000 });
});

test('counts a loss once, and takes a packet that comes after all', () => {
  const sent = new SentPackets();
  const results = new PacketResults();
  sent.record(5, 100, 1000, 0);
  sent.resolve(feedbackOf(5, [undefined]), results);
  expect(results.lost).toBe(1);
  sent.resolve(feedbackOf(5, [undefined]), results);
  expect(results.lost).toBe(0);
  sent.resolve(feedbackOf(5, [9000]), results);
  expect(results.count).toBe(1);
  sent.resolve(feedbackOf(5, [9000]), results);
  expect(results.count).toBe(0);
});

test('knows of all that was sent in the last second, however much', () => {
  fc.assert(
    fc.property(fc.nat(0xffff), fc.integer({ min: 1, max: 2048 }), (first, count) => {
      const sent = new SentPackets();
      const results = new PacketResults();
      for (let index = 0; index < count; index += 1)
        sent.record((first + index) & 0xffff, index & 0x7ff, 1e9 + (index * 1e6) / count, 0);
      sent.resolve(
        feedbackOf(
          first,
          Array.from({ length: count }, (_, index) => 1000 + index * 250),
        ),
        results,
      );
      expect(all(results).map(({ sizeBytes }) => sizeBytes)).toEqual(
        Array.from({ length: count }, (_, index) => index),
      );
    }),
  );
});

test('passes over what was never sent', () => {
  const results = new PacketResults();
  new SentPackets().resolve(feedbackOf(100, [1000, undefined]), results);
  expect(results).toMatchObject({ count: 0, lost: 0, newestSentUs: -1 });
});

test("follows the receiver's clock over its wrap", () => {
  const sent = new SentPackets();
  const results = new PacketResults();
  for (const sequence of [1, 2]) sent.record(sequence, 100, 1000, 0);
  sent.resolve(feedbackOf(1, [receiverClockWrapUs - 1000]), results);
  sent.resolve(feedbackOf(2, [500]), results);
  expect(results.at(0)?.arrivalUs).toBe(receiverClockWrapUs + 500);
});

test('whatever a viewer reports, the estimate stays a number within its bounds', () => {
  const arrival = fc.option(fc.integer({ min: 0, max: 2 * receiverClockWrapUs }), { nil: undefined });
  const report = fc.tuple(fc.nat(0xffff), fc.array(arrival, { maxLength: 60 }), fc.nat(2_000_000));
  fc.assert(
    fc.property(fc.array(report, { maxLength: 30 }), (reports) => {
      const estimator = new GoogCcEstimator({ minBps: 50_000, maxBps: 5_000_000 });
      let nowUs = 1e15;
      for (const [base, arrivals, elapsedUs] of reports) {
        nowUs += elapsedUs;
        for (let i = 0; i < 40; i += 1) estimator.onPacketSent((base + i) & 0xffff, 1200, nowUs, i % 3);
        estimator.tick(nowUs);
        estimator.nextProbe(nowUs);
        estimator.onTransportFeedback(feedbackOf(base, arrivals), nowUs);
        expect(estimator.targetBps).toBeGreaterThanOrEqual(50_000);
        expect(estimator.targetBps).toBeLessThanOrEqual(5_000_000);
      }
    }),
  );
});
