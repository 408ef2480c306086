import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SequenceUnwrapper, seqDiff, timestampDiff } from './sequence.ts';

test('differences go the short way round the circle', () => {
  expect(seqDiff(5, 3)).toBe(2);
  expect(seqDiff(3, 5)).toBe(-2);
  expect(seqDiff(1, 0xffff)).toBe(2);
  expect(seqDiff(0xffff, 1)).toBe(-2);
  expect(seqDiff(0x8000, 0)).toBe(-0x8000);
  expect(timestampDiff(10, 0xffff_fff6)).toBe(20);
  expect(timestampDiff(0xffff_fff6, 10)).toBe(-20);
});

test('the first number is 65536 above itself, and reordering around it stays in order', () => {
  const unwrapper = new SequenceUnwrapper();
  expect(unwrapper.unwrap(1)).toBe(65_537);
  expect(unwrapper.unwrap(0xffff)).toBe(65_535);
  expect(unwrapper.unwrap(0)).toBe(65_536);
  expect(unwrapper.unwrap(2)).toBe(65_538);
});

test('counts on over many wraps with losses and reordering', () => {
  const steps = fc.array(fc.integer({ min: -1000, max: 30_000 }), { maxLength: 500 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff }), steps, (start, changes) => {
      const unwrapper = new SequenceUnwrapper();
      let highest = unwrapper.unwrap(start);
      expect(highest).toBe(start + 65_536);
      for (const change of changes) {
        const expected = highest + change;
        expect(unwrapper.unwrap(expected & 0xffff)).toBe(expected);
        highest = Math.max(highest, expected);
      }
    }),
  );
});

test('starts anew after a reset', () => {
  const unwrapper = new SequenceUnwrapper();
  unwrapper.unwrap(40_000);
  unwrapper.reset();
  expect(unwrapper.unwrap(7)).toBe(65_543);
});
