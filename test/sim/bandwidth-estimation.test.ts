import { expect, test } from 'vitest';
import { fixedRate, layeredSource, lossyLine, rateSteps, type Scenario, sharedLine } from './scenarios.ts';

const representative: readonly Scenario[] = [
  fixedRate(0.3, 20),
  fixedRate(1, 100),
  fixedRate(2, 300),
  fixedRate(10, 20),
  fixedRate(2, 50, ', sent every 20 ms', {}, 20),
  fixedRate(2, 50, ', 20 ms jitter', { jitterMs: 20 }),
  rateSteps,
  sharedLine,
  lossyLine(0.05),
  layeredSource(1.5),
];

test.each(representative)('$name', ({ run }) => {
  expect(run(1)).toMatchObject({ failures: [] });
});

test('the same seed gives the same run', () => {
  expect(rateSteps.run(7)).toEqual(rateSteps.run(7));
  expect(rateSteps.run(7)).not.toEqual(rateSteps.run(8));
});
