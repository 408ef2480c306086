import fc from 'fast-check';
import { expect, it } from 'vitest';
import { retryDelayMs } from './back-off.ts';

it('doubles from a quarter of a second and stays at five', () => {
  expect([1, 2, 3, 5, 6, 7, 50].map((failures) => retryDelayMs(failures, 0))).toEqual([
    250, 500, 1000, 4000, 5000, 5000, 5000,
  ]);
});

it('spreads over the upper half', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const delayMs = retryDelayMs(failures, random);
      expect(delayMs).toBeLessThanOrEqual(retryDelayMs(failures, 0));
      expect(delayMs).toBeGreaterThanOrEqual(retryDelayMs(failures, 0) / 2);
    }),
  );
});
