import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ServerClock } from './server-clock.ts';

it('knows nothing before the first pong', () => {
  expect(new ServerClock().at(1_000)).toBeUndefined();
});

it('takes the sample with the shortest round trip, whenever it came', () => {
  const clock = new ServerClock();
  clock.addSample(1_000, 1_200, 6_000);
  clock.addSample(2_000, 2_010, 7_005);
  clock.addSample(3_000, 3_400, 9_000);
  expect(clock.offsetMs).toBe(5_000);
  expect(clock.at(4_000)).toBe(9_000);
});

it('passes over a sample during which this machine was set back', () => {
  const clock = new ServerClock();
  clock.addSample(2_000, 1_000, 5_000);
  expect(clock.offsetMs).toBeUndefined();
});

it('errs by at most half the shortest round trip, however the ways there and back differ', () => {
  const way = fc.integer({ min: 0, max: 500 });
  const offset = fc.integer({ min: -1e6, max: 1e6 });
  fc.assert(
    fc.property(fc.array(fc.tuple(way, way), { minLength: 1 }), offset, (ways, offsetMs) => {
      const clock = new ServerClock();
      for (const [index, [there, back]] of ways.entries()) {
        const sentMs = index * 10_000;
        clock.addSample(sentMs, sentMs + there + back, sentMs + there + offsetMs);
      }
      const shortest = Math.min(...ways.map(([there, back]) => there + back));
      expect(Math.abs((clock.offsetMs ?? Number.NaN) - offsetMs)).toBeLessThanOrEqual(shortest / 2);
    }),
  );
});
