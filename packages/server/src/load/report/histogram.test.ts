import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DelayHistogram, percentiles } from './histogram.ts';

it('percentiles are by nearest rank', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect(percentiles(values)).toEqual({ count: 200, p50: 100, p95: 190, p99: 198, max: 200 });
  expect(percentiles([7])).toEqual({ count: 1, p50: 7, p95: 7, p99: 7, max: 7 });
  expect(percentiles([])).toEqual({ count: 0, p50: 0, p95: 0, p99: 0, max: 0 });
});

it('a histogram tells the same as the values, to half a millisecond, however they are split up', () => {
  const delays = fc.array(fc.double({ min: 0, max: 9000, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(delays, fc.nat(300), (values, split) => {
      const [first, second] = [new DelayHistogram(), new DelayHistogram()];
      for (const [index, value] of values.entries()) (index < split ? first : second).add(value);
      first.merge(second.dump());
      const [found, exact] = [first.percentiles(), percentiles(values)];
      expect(found.count).toBe(values.length);
      for (const key of ['p50', 'p95', 'p99', 'max'] as const) {
        expect(found[key]).toBeGreaterThan(exact[key]);
        expect(found[key] - exact[key]).toBeLessThanOrEqual(0.5);
      }
    }),
  );
});

it('delays that cannot be, by clocks that differ, are kept at the ends', () => {
  const histogram = new DelayHistogram();
  histogram.add(-3);
  histogram.add(1e9);
  expect(histogram.percentiles()).toMatchObject({ count: 2, p50: 0.5, max: 10_000 });
});
