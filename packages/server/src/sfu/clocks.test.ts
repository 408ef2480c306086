import { describe, expect, it } from 'vitest';
import { HostClock } from './host-clock.ts';
import { MediaClock } from './media-clock.ts';
import { RateMeter } from './rate-meter.ts';
import { ReceptionStatistics } from './reception-statistics.ts';

describe('HostClock', () => {
  it("takes the quickest report as the clocks' difference", () => {
    const clock = new HostClock();
    clock.onSenderReport(1_000_000, 51_040_000);
    clock.onSenderReport(2_000_000, 52_005_000);
    clock.onSenderReport(3_000_000, 53_090_000);
    expect(clock.toServerUs(3_000_000)).toBe(53_005_000);
  });

  it('follows a host whose clock is slow', () => {
    const clock = new HostClock();
    const slowness = 1.0001;
    for (let second = 0; second < 3600; second += 1) clock.onSenderReport(second * 1e6, second * 1e6 * slowness);
    const errorUs = 3600e6 * slowness - clock.toServerUs(3600e6);
    expect(Math.abs(errorUs)).toBeLessThan(60e6 * (slowness - 1) + 1);
  });
});

describe('MediaClock', () => {
  it('maps timestamps over their wrap, both ways', () => {
    const clock = new MediaClock(90_000, new HostClock());
    clock.onPacket(0xffff_ff00, 10_000_000);
    expect(clock.onSenderReport(5_000_000, 0xffff_ff00, 10_000_000)).toBe(true);
    clock.onPacket(0x0000_0100, 10_005_700);
    expect(clock.captureUs(0x100) - clock.captureUs(0xffff_ff00)).toBeCloseTo((0x200 * 1e6) / 90_000, 3);
    expect(clock.timestampAt(clock.captureUs(0x100))).toBe(0x100);
    expect(clock.timestampAt(10_000_000)).toBe(0xffff_ff00);
  });

  it('believes a report that came before the first packet as soon as that bears it out', () => {
    const clock = new MediaClock(90_000, new HostClock());
    expect(clock.onSenderReport(5_000_000, 90_000, 10_000_000)).toBe(false);
    clock.onPacket(90_000 + 4500, 10_060_000);
    expect(clock.hasReport).toBe(true);
    expect(clock.captureUs(90_000)).toBe(10_000_000);
    const doubtful = new MediaClock(90_000, new HostClock());
    doubtful.onSenderReport(5_000_000, 90_000 * 3600, 10_000_000);
    doubtful.onPacket(90_000, 10_060_000);
    expect(doubtful.hasReport).toBe(false);
  });

  it('refuses a report that is far from the stream', () => {
    const clock = new MediaClock(48_000, new HostClock());
    expect(clock.onSenderReport(5, 5, 5)).toBe(false);
    clock.onPacket(1_000_000, 0);
    expect(clock.onSenderReport(5_000_000, 1_000_000 + 48_000 * 11, 0)).toBe(false);
    expect(clock.onSenderReport(5_000_000, 0xffff_ffff, 0)).toBe(false);
    expect(clock.hasReport).toBe(false);
  });
});

describe('ReceptionStatistics', () => {
  it('reports loss by interval and in all', () => {
    const statistics = new ReceptionStatistics(90_000);
    expect(statistics.report(1, 0)).toBeUndefined();
    const start = 0x1_0000 + 100;
    for (let index = 0; index < 100; index += 1) {
      if (index % 4 !== 1) statistics.onPacket(start + index, index * 3000, index * 33_333);
    }
    expect(statistics.report(9, 0)).toMatchObject({
      ssrc: 9,
      fractionLost: 64,
      cumulativeLost: 25,
      highestSequenceNumber: 199,
      lastSenderReport: 0,
    });
    for (let index = 100; index < 200; index += 1) statistics.onPacket(start + index, index * 3000, index * 33_333);
    statistics.onSenderReport(0x1234_5678, 0x9abc_def0, 1_000_000);
    expect(statistics.report(9, 1_500_000)).toMatchObject({
      fractionLost: 0,
      cumulativeLost: 25,
      lastSenderReport: 0x5678_9abc,
      delaySinceLastSenderReport: 0x8000,
    });
  });

  it('measures jitter in timestamp units, and none for an even stream', () => {
    const even = new ReceptionStatistics(90_000);
    const uneven = new ReceptionStatistics(90_000);
    for (let index = 0; index < 500; index += 1) {
      even.onPacket(0x1_0000 + index, index * 900, index * 10_000);
      uneven.onPacket(0x1_0000 + index, index * 900, index * 10_000 + (index % 2) * 4_000);
    }
    expect(even.jitterUs).toBeLessThan(1);
    expect(uneven.jitterUs).toBeGreaterThan(3_500);
    expect(uneven.jitterUs).toBeLessThan(4_001);
  });
});

describe('RateMeter', () => {
  it('counts the last second and forgets what is older', () => {
    const meter = new RateMeter();
    const startUs = 1_750_000_000e6;
    for (let ms = 0; ms < 3000; ms += 10) meter.add(125, startUs + ms * 1000);
    expect(meter.bitsPerSecond(startUs + 2_990_000)).toBe(100_000);
    expect(meter.bitsPerSecond(startUs + 5_000_000)).toBe(0);
  });
});
