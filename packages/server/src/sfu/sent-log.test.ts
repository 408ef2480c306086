import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SentLog } from './sent-log.ts';

const lastCapacity = 1024;

test('finds what was sent in the last 5 s, or the last packets that it holds at most, at any rate', () => {
  fc.assert(
    fc.property(
      fc.nat(0xffff),
      fc.integer({ min: 250, max: 20_000 }),
      fc.integer({ min: 1, max: 4000 }),
      (first, gapUs, count) => {
        const log = new SentLog(lastCapacity);
        for (let index = 0; index < count; index += 1) {
          const sequence = (first + index) & 0xffff;
          log.record(sequence, index & 3, 70_000 + index, index & 0x7fff, index % 2 === 0 ? 0x80 : 0, index * gapUs);
        }
        const kept = Math.min(count, lastCapacity, Math.floor(5_000_000 / gapUs));
        for (let index = count - kept; index < count; index += 1) {
          const sequence = (first + index) & 0xffff;
          expect(log.sourceSequence(sequence)).toBe(70_000 + index);
          expect([log.mungingId(sequence), log.pictureId(sequence), log.markerBit(sequence)]).toEqual([
            index & 3,
            index & 0x7fff,
            index % 2 === 0 ? 0x80 : 0,
          ]);
        }
      },
    ),
  );
});

test('knows nothing of what was not sent, or so long ago that another has its place', () => {
  const log = new SentLog(lastCapacity);
  expect(log.sourceSequence(7)).toBe(-1);
  for (let index = 0; index < 2000; index += 1) log.record(index, 0, index, 0, 0, index);
  expect(log.sourceSequence(900)).toBe(-1);
  expect(log.sourceSequence(2000)).toBe(-1);
  expect(log.sourceSequence(1999)).toBe(1999);
});

test('keeps to a packet that comes late, sent under a number before the others', () => {
  const log = new SentLog(lastCapacity);
  for (let index = 0; index < 300; index += 1) if (index !== 10) log.record(index, 0, index, 0, 0, index * 1000);
  log.record(10, 0, 10, 0, 0, 300_000);
  for (let index = 0; index < 300; index += 1) expect(log.sourceSequence(index)).toBe(index);
});
