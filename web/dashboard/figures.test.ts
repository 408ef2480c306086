import { expect, it } from 'vitest';
import { readAge, readBytes, readCount, readMs, readShare } from './figures.ts';

it('figures read as people say them', () => {
  expect([null, 0.42, 12.6, 2400].map(readMs)).toEqual(['–', '0.4 ms', '13 ms', '2400 ms']);
  expect([null, 0, 0.0149, 0.5].map(readShare)).toEqual(['–', '0%', '1.5%', '50%']);
  expect([0, 999, 999_600, 1_250_000, 345e9].map(readBytes)).toEqual(['0 B', '999 B', '1.0 MB', '1.3 MB', '345 GB']);
  expect([-3, 59, 61, 7500, 200_000].map(readAge)).toEqual(['0 s', '59 s', '1 min 01 s', '2 h 05 min', '2 days 7 h']);
  expect([null, undefined, 0, 12_000].map(readCount)).toEqual(['–', '–', '0', '12,000']);
});
