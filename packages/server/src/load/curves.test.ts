import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exponential, joinTimesMs, parseJoinCurve } from './curves.ts';
import { seededRandom } from './random.ts';

it('reads the three curves and nothing else', () => {
  expect(parseJoinCurve('storm')).toEqual({ kind: 'storm' });
  expect(parseJoinCurve('poisson:2.5')).toEqual({ kind: 'poisson', perSecond: 2.5 });
  expect(parseJoinCurve('ramp:10')).toEqual({ kind: 'ramp', seconds: 10 });
  for (const wrong of ['', 'Storm', 'poisson', 'poisson:0', 'poisson:-1', 'ramp:', 'ramp:1s', 'ramp:1e3'])
    expect(parseJoinCurve(wrong)).toBeUndefined();
});

it('a storm comes at once, a ramp evenly', () => {
  expect(joinTimesMs({ kind: 'storm' }, 3, Math.random)).toEqual([0, 0, 0]);
  expect(joinTimesMs({ kind: 'ramp', seconds: 1 }, 4, Math.random)).toEqual([0, 250, 500, 750]);
});

it('Poisson arrivals have the rate, and gaps as uneven as independent ones', () => {
  const times = joinTimesMs({ kind: 'poisson', perSecond: 50 }, 20_000, seededRandom(7));
  const gaps = times.map((time, index) => time - (times[index - 1] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  expect(mean).toBeGreaterThan(19.4);
  expect(mean).toBeLessThan(20.6);
  // Of an exponential distribution both are the same.
  expect(deviation / mean).toBeGreaterThan(0.97);
  expect(deviation / mean).toBeLessThan(1.03);
});

it('every curve has a time for each viewer, finite and in rising order', () => {
  const curve = fc.oneof(
    fc.constant({ kind: 'storm' } as const),
    fc.record({ kind: fc.constant('ramp' as const), seconds: fc.nat(1000) }),
    fc.record({ kind: fc.constant('poisson' as const), perSecond: fc.double({ min: 0.1, max: 1000, noNaN: true }) }),
  );
  fc.assert(
    fc.property(curve, fc.nat(200), fc.nat(), (given, count, seed) => {
      const times = joinTimesMs(given, count, seededRandom(seed));
      expect(times).toHaveLength(count);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      for (const time of times) expect(Number.isFinite(time)).toBe(true);
    }),
  );
});

it('a random number of 0 gives a time of 0, and the largest one a finite time', () => {
  expect(exponential(10, () => 0)).toBeCloseTo(0);
  expect(exponential(10, () => 1 - 2 ** -32)).toBeLessThan(250);
});
