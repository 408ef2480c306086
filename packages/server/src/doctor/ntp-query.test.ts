import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NtpError, ntpQuestion, offsetByAnswer } from './ntp-query.ts';

/** As a server whose clock shows `thereMs` answers. */
function answerTo(question: Buffer, thereMs: number): Buffer {
  const time = ntpQuestion(thereMs).subarray(40, 48);
  return Buffer.concat([Buffer.from([0x24, 1, 0, 0]), Buffer.alloc(20), question.subarray(40, 48), time, time]);
}

it.each([0, 1, -31_500.25, 86_400_000])('an offset of %s ms is read, also across the era of 2036', (offsetMs) => {
  for (const sentMs of [Date.UTC(2026, 0, 1), Date.UTC(2036, 1, 7, 6, 28, 15, 900), Date.UTC(2040, 0, 1)]) {
    const question = ntpQuestion(sentMs);
    const answer = answerTo(question, sentMs + 20 + offsetMs);
    expect(offsetByAnswer(question, answer, sentMs, sentMs + 40)).toBeCloseTo(offsetMs, 1);
  }
});

it('any other bytes are an NtpError', () => {
  const question = ntpQuestion(1);
  const damaged = fc
    .tuple(fc.nat(31), fc.integer({ min: 1, max: 255 }))
    .map(([at, bits]) => answerTo(question, 2).map((byte, index) => (index === at ? byte ^ bits : byte)))
    .map(Buffer.from);
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }).map(Buffer.from), damaged), (bytes) => {
      try {
        expect(Number.isFinite(offsetByAnswer(question, bytes, 1, 2))).toBe(true);
      } catch (error) {
        if (!(error instanceof NtpError)) throw error;
      }
    }),
  );
});
