import { expect, it } from 'vitest';
import { levelOf } from './level-meter.ts';

const wave = (amplitude: number) => Float32Array.from({ length: 1024 }, (_, i) => amplitude * Math.sin(i / 3));

it('goes from silence to full scale, by the measure of ears', () => {
  expect(levelOf(new Float32Array(1024))).toBe(0);
  expect(levelOf(new Float32Array(0))).toBe(0);
  expect(levelOf(wave(0.0005))).toBe(0);
  expect(levelOf(wave(1))).toBeCloseTo(0.95, 1);
  expect(levelOf(new Float32Array(1024).fill(1))).toBe(1);
  // A tenth of the amplitude is a third of the scale less.
  expect(levelOf(wave(1)) - levelOf(wave(0.1))).toBeCloseTo(1 / 3, 2);
});
