import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RtcpCursor } from './cursor.ts';
import {
  notReceived,
  parseTransportFeedback,
  receiverClockWrapUs,
  type TransportFeedback,
} from './transport-feedback.ts';
import { TransportFeedbackBuilder } from './transport-feedback-builder.ts';

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const builder = () => new TransportFeedbackBuilder(0xaabbccdd);

function parse(packet: Buffer): TransportFeedback | undefined {
  const cursor = new RtcpCursor();
  cursor.open(packet);
  expect(cursor.next()).toBe(true);
  return parseTransportFeedback(cursor);
}

test('writes a run of small deltas, byte for byte', () => {
  // Reference 2 * 64 ms; deltas 1 ms, 0 and 63.75 ms as 4, 0 and 255 ticks.
  const packets = builder().build(5, 0xfffe, [129_000, 129_000, 192_750]);
  expect(packets).toEqual([hex('8fcd0006 aabbccdd 00000005 fffe 0003 000002 00 2003 0400ff 000000')]);
});

test('writes losses as a one-bit vector, and counts its packets', () => {
  const feedback = builder();
  feedback.build(5, 0, [0]);
  const [packet] = feedback.build(5, 7, [64_000, -1, 64_250]);
  // 0x8000 | 101 in the upper of 14 bits
  expect(packet).toEqual(hex('8fcd0005 aabbccdd 00000005 0007 0003 000001 01 a800 0001'));
});

test('writes large and negative deltas as two signed bytes in a two-bit vector', () => {
  const [packet] = builder().build(5, 7, [0, 64_000, 63_750, -1]);
  // 01 10 10 00 and the rest 0; deltas 0, 256, -1
  expect(packet).toEqual(hex('8fcd0006 aabbccdd 00000005 0007 0004 000000 00 da00 00 0100 ffff 00'));
});

test('reads all three kinds of chunks in one packet', () => {
  // Run of 2 not received; one-bit vector 14 with the 1st received; two-bit vector of which 2 are left: small, large.
  const feedback = parse(hex('8fcd0007 00000001 00000002 000a 0012 000001 09 0002 a000 d800 04 08 fffc 0000'));
  expect(feedback).toMatchObject({ senderSsrc: 1, mediaSsrc: 2, feedbackCount: 9, baseSequenceNumber: 10 });
  const referenceUs = receiverClockWrapUs + 64_000;
  const expected = new Array(18).fill(notReceived);
  expected[2] = referenceUs + 1000;
  expected[16] = referenceUs + 3000;
  expected[17] = referenceUs + 2000;
  expect(feedback?.arrivalTimesUs.length).toBe(18);
  expect(feedback?.arrivalTimesUs).toEqual(expected);
});

test.each([
  ['no room for the header', '8fcd0003 00000001 00000002 00000001'],
  ['no chunk', '8fcd0004 00000001 00000002 00000001 00000000'],
  ['no delta', '8fcd0005 00000001 00000002 00000003 00000000 20032000'],
  ['half a large delta', '8fcd0005 00000001 00000002 00000002 00000000 d8000001'],
  ['the reserved status', '8fcd0005 00000001 00000002 00000001 00000000 60010000'],
])('refuses a packet with %s', (_, digits) => {
  expect(parse(hex(digits))).toBeUndefined();
});

test('nothing to report is no packet, and only losses is one', () => {
  expect(builder().build(5, 0, [])).toEqual([]);
  expect(parse(hex('8fcd0005 00000001 00000002 00000002 00000000 00010001'))?.arrivalTimesUs).toEqual([-1, -1]);
  const [packet] = builder().build(5, 0, [-1, -1]);
  expect(packet).toEqual(hex('8fcd0005 aabbccdd 00000005 0000 0002 000000 00 0002 0000'));
});

/** Checks packet by packet that the feedback says what went in, to half a tick; returns the packets' sizes. */
function expectRoundTrip(base: number, arrivalTimesUs: readonly number[]): number[] {
  const packets = builder().build(5, base, arrivalTimesUs);
  let at = 0;
  for (const [count, packet] of packets.entries()) {
    const feedback = parse(packet);
    expect(feedback).toMatchObject({ baseSequenceNumber: (base + at) & 0xffff, feedbackCount: count & 0xff });
    for (const readUs of feedback?.arrivalTimesUs ?? []) {
      const writtenUs = arrivalTimesUs[at++] ?? Number.NaN;
      if (writtenUs < 0) expect(readUs).toBe(notReceived);
      else
        expect(Math.abs((readUs % receiverClockWrapUs) - (writtenUs % receiverClockWrapUs))).toBeLessThanOrEqual(125);
    }
  }
  expect(at).toBe(arrivalTimesUs.length);
  return packets.map((packet) => packet.length);
}

test('any pattern of arrivals, losses, pauses and reordering comes back', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 3000 }) },
    { weight: 3, arbitrary: fc.constant(notReceived) },
    { weight: 1, arbitrary: fc.integer({ min: -40_000, max: 200_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 8_000_000, max: 20_000_000 }) },
  );
  const run = fc.tuple(step, fc.integer({ min: 1, max: 40 }));
  const start = fc.integer({ min: 10_000_000, max: 2_000_000_000_000 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff }), start, fc.array(run, { maxLength: 40 }), (base, startUs, runs) => {
      let nowUs = startUs;
      const arrivals: number[] = [];
      for (const [change, times] of runs) {
        for (let i = 0; i < times; i++) {
          if (change !== notReceived) nowUs += change;
          arrivals.push(change === notReceived ? notReceived : Math.max(0, nowUs));
        }
      }
      for (const size of expectRoundTrip(base, arrivals)) expect(size).toBeLessThanOrEqual(1200);
    }),
    { numRuns: 500 },
  );
});

test('a pause of more than 8.2 s starts another packet', () => {
  expect(expectRoundTrip(0, [0, 1_000_000, 9_191_750]).length).toBe(1);
  expect(expectRoundTrip(0, [0, 1_000_000, 9_192_000]).length).toBe(2);
});

test('stays below 1200 bytes where every delta is large', () => {
  const arrivals = Array.from({ length: 2000 }, (_, i) => i * 100_000);
  const sizes = expectRoundTrip(0xff00, arrivals);
  expect(sizes.length).toBe(4);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1200);
});
