import { describe, expect, it } from 'vitest';
import { NackGenerator } from './nack-generator.ts';

function collect(nack: NackGenerator, nowUs: number): number[] {
  const out: number[] = [];
  nack.collect(nowUs, out);
  return out;
}

describe('NackGenerator', () => {
  it('waits out reordering before it asks', () => {
    const nack = new NackGenerator();
    nack.onPacket(100, 0);
    nack.onPacket(103, 0);
    expect(collect(nack, 5_000)).toEqual([]);
    nack.onPacket(101, 6_000);
    expect(collect(nack, 12_000)).toEqual([102]);
    expect(nack.recovered).toBe(0);
    collect(nack, 500_000);
    expect(nack.missed).toBe(1);
  });

  it('asks again at the pace of the measured round trip', () => {
    const nack = new NackGenerator();
    let nowUs = 0;
    nack.onPacket(0, nowUs);
    for (let lost = 1; lost < 60; lost += 2) {
      nack.onPacket(lost + 1, nowUs);
      nowUs += 10_000;
      expect(collect(nack, nowUs)).toEqual([lost]);
      nowUs += 20_000;
      nack.onPacket(lost, nowUs);
    }
    expect(nack.recovered).toBe(30);
    nack.onPacket(62, nowUs);
    const askedUs = nowUs + 10_000;
    expect(collect(nack, askedUs)).toEqual([61]);
    expect(collect(nack, askedUs + 20_000)).toEqual([]);
    expect(collect(nack, askedUs + 40_000)).toEqual([61]);
  });

  it('gives up in the end, and says so', () => {
    const nack = new NackGenerator();
    nack.onPacket(0, 0);
    nack.onPacket(2, 0);
    let whole = true;
    for (let nowUs = 0; nowUs < 2_000_000; nowUs += 10_000) whole = nack.collect(nowUs, []) && whole;
    expect(whole).toBe(false);
    expect(nack.missingCount).toBe(0);
    expect(nack.abandoned).toBe(1);
    expect(nack.requested).toBeLessThanOrEqual(8);
  });

  it('takes a wide gap as a break, not as loss', () => {
    const nack = new NackGenerator();
    nack.onPacket(0, 0);
    expect(nack.onPacket(10_000, 0)).toBe(false);
    expect(collect(nack, 1_000_000)).toEqual([]);
  });
});
