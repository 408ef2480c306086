import { expect, it } from 'vitest';
import { percentiles } from './percentiles.ts';

it('takes the nearest rank of what is known', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentiles(values)).toEqual({ count: 100, p50: 50, p90: 90, p99: 99 });
  expect(percentiles([null, 7, undefined])).toEqual({ count: 1, p50: 7, p90: 7, p99: 7 });
});

it('has nothing to say of nothing', () => {
  expect(percentiles([null])).toEqual({ count: 0, p50: null, p90: null, p99: null });
});
