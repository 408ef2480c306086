import { expect, test } from 'vitest';
import { Aimd } from './aimd.ts';
import { LossControl } from './loss-control.ts';

test('a burst of one who sends little costs one step, not all that the line was found to carry', () => {
  const aimd = new Aimd(700_000, 30_000, 5e7);
  aimd.sendsLittle = true;
  for (let nowUs = 0; nowUs <= 300_000; nowUs += 50_000) aimd.update('overusing', 200_000, true, nowUs);
  expect(aimd.bitrateBps).toBe(595_000);
  for (let nowUs = 350_000; nowUs <= 5_000_000; nowUs += 50_000) aimd.update('overusing', 200_000, true, nowUs);
  expect(aimd.bitrateBps).toBe(200_000);
});

test('a line that loses most of what is sent is believed before a second is over, other loss is not', () => {
  const limitAfter = (lost: number) => {
    const loss = new LossControl();
    for (let nowUs = 0; nowUs <= 400_000; nowUs += 50_000) loss.onPackets(20 - lost, lost, 2e6, 0.8e6, 50_000, nowUs);
    return loss.limitBps;
  };
  expect(limitAfter(15)).toBe(0.8e6);
  expect(limitAfter(5)).toBe(Number.POSITIVE_INFINITY);
});
