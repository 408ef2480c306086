import { expect, test } from 'vitest';
import { LayerHistory } from './layer-history.ts';

test('a late packet is judged by what held at its place', () => {
  const history = new LayerHistory();
  history.reset(7);
  for (const [state, sequence] of [
    [1, 100],
    [2, 110],
    [2, 115],
    [3, 120],
  ] as const) {
    expect(history.advance(sequence)).toBe(true);
    history.change(state, sequence);
  }
  expect(history.current).toBe(3);
  expect(history.advance(119)).toBe(false);
  expect([100, 109, 110, 119, 120].map((sequence) => history.at(sequence))).toEqual([1, 1, 2, 2, 3]);
});

test('of what is older than it remembers, the oldest holds', () => {
  const history = new LayerHistory();
  history.reset(0);
  expect(history.at(50)).toBe(0);
  for (let change = 0; change < 20; change += 1) history.change(change, 100 + change);
  expect([50, 112, 119].map((sequence) => history.at(sequence))).toEqual([12, 12, 19]);
});
