import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inspectOpus, OpusInfo } from './opus.ts';

const info = new OpusInfo();
const inspect = (...bytes: number[]) => inspectOpus(Buffer.from(bytes), 0, bytes.length, info);

// RFC 6716, table 2: the first configuration of each group, its bandwidth and its frame durations.
test.each([
  [0, 'NB', [10, 20, 40, 60]],
  [4, 'MB', [10, 20, 40, 60]],
  [8, 'WB', [10, 20, 40, 60]],
  [12, 'SWB', [10, 20]],
  [14, 'FB', [10, 20]],
  [16, 'NB', [2.5, 5, 10, 20]],
  [20, 'WB', [2.5, 5, 10, 20]],
  [24, 'SWB', [2.5, 5, 10, 20]],
  [28, 'FB', [2.5, 5, 10, 20]],
])('configurations from %i on are %s', (first, bandwidth, durationsMs) => {
  for (const [i, durationMs] of durationsMs.entries()) {
    expect(inspect((first + i) << 3)).toBe(true);
    expect(info).toMatchObject({ config: first + i, bandwidth, frameDurationUs: durationMs * 1000 });
  }
});

test('what browsers send: full band, 20 ms, one stereo frame', () => {
  expect(inspect(0xfc, 0xb4)).toBe(true);
  expect(info).toMatchObject({ config: 31, bandwidth: 'FB', frameDurationUs: 20_000, frameCount: 1, stereo: true });
});

test('counts frames by code', () => {
  for (const [code, frames] of [
    [1, 2],
    [2, 2],
    [3, 6],
  ] as const) {
    expect(inspect(0xf8 | code, 6)).toBe(true);
    expect(info).toMatchObject({ frameCount: frames, stereo: false });
  }
});

test('refuses no bytes, a missing or zero count, and more than 120 ms', () => {
  expect(inspect()).toBe(false);
  expect(inspect(0xfb)).toBe(false);
  expect(inspect(0xfb, 0)).toBe(false);
  expect(inspect(0xfb, 7)).toBe(false);
});

test('random bytes never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4 }), (bytes) => {
      inspect(...bytes);
    }),
  );
});
