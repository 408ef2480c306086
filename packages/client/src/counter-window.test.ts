import { expect, it } from 'vitest';
import { bitsPerSecond, CounterWindow } from './counter-window.ts';

it('has nothing to say about one sample', () => {
  expect(new CounterWindow().add(5_000, { bytes: 800 })).toEqual({ elapsedMs: 0, growth: { bytes: 0 } });
});

it('spans the last two seconds when asked often', () => {
  const window = new CounterWindow<'bytes'>();
  for (let timeMs = 0; timeMs < 10_000; timeMs += 500) window.add(timeMs, { bytes: timeMs });
  expect(window.add(10_000, { bytes: 20_000 })).toEqual({ elapsedMs: 2_000, growth: { bytes: 12_000 } });
});

it('reaches back to the call before when asked seldom', () => {
  const window = new CounterWindow<'bytes'>();
  window.add(0, { bytes: 0 });
  window.add(60_000, { bytes: 100 });
  expect(window.add(120_000, { bytes: 350 })).toEqual({ elapsedMs: 60_000, growth: { bytes: 250 } });
});

it('starts over when a counter falls, as after a reconnect', () => {
  const window = new CounterWindow<'bytes' | 'frames'>();
  window.add(0, { bytes: 5_000, frames: 10 });
  expect(window.add(1_000, { bytes: 300, frames: 11 })).toEqual({ elapsedMs: 0, growth: { bytes: 0, frames: 0 } });
  expect(window.add(2_000, { bytes: 400, frames: 15 })).toEqual({
    elapsedMs: 1_000,
    growth: { bytes: 100, frames: 4 },
  });
});

it('makes bits a second of bytes', () => {
  expect(bitsPerSecond(187_500, 1_000)).toBe(1_500_000);
  expect(bitsPerSecond(100, 0)).toBe(0);
});
