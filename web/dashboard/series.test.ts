import { expect, it } from 'vitest';
import { Series } from './series.ts';

it('keeps the latest samples, and tells what is not known', () => {
  const series = new Series(2);
  expect(series.latest).toEqual([null, null]);
  for (let second = 0; second < 1000; second += 1) series.add(second, [second * 2, null]);
  expect(series.latest).toEqual([1998, null]);
  expect([series.timesSeconds.length, series.timesSeconds[0], series.timesSeconds.at(-1)]).toEqual([900, 100, 999]);
  expect(series.columns.map(({ length }) => length)).toEqual([900, 900]);
  series.add(1000, [7]);
  expect(series.latest).toEqual([7, null]);
});
