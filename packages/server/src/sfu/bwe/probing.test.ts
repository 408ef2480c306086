import { describe, expect, test } from 'vitest';
import { ProbeResult } from './probe-result.ts';
import { Prober } from './prober.ts';

const probe = { id: 3, bitrateBps: 2e6, bytes: 7500, packets: 5 };

/** What the packets of a probe measure: each sent and received so long after the one before. */
function measure(sendIntervalUs: number, receiveIntervalUs: number, packets = 10): { bps: number; filled: boolean } {
  const result = new ProbeResult();
  result.begin(probe);
  let bps = Number.NaN;
  for (let i = 0; i < packets; i += 1) {
    const packet = { sentUs: i * sendIntervalUs, arrivalUs: 9e6 + i * receiveIntervalUs, sizeBytes: 1000, probeId: 3 };
    bps = result.onPacket(packet);
  }
  return { bps, filled: result.filledLine };
}

describe('a probe', () => {
  test('that comes as fast as it was sent shows its own rate', () => {
    expect(measure(4_000, 4_000)).toEqual({ bps: 2e6, filled: false });
  });

  test('that comes more slowly shows the capacity, less a little', () => {
    const { bps, filled } = measure(4_000, 8_000);
    expect(bps).toBeCloseTo(0.95e6, -3);
    expect(filled).toBe(true);
  });

  test('never shows more than it was to try, and nothing while most of it is missing or where it came at once', () => {
    expect(measure(3_000, 3_000).bps).toBe(2e6);
    expect(measure(4_000, 4_000, 5).bps).toBeNaN();
    expect(measure(4_000, 50).bps).toBeNaN();
  });

  test('that leaves in one burst shows the rate at which it comes, up to its own', () => {
    expect(measure(0, 8_000)).toMatchObject({ filled: true });
    expect(measure(0, 8_000).bps).toBeCloseTo(0.95e6, -3);
    expect(measure(0, 0)).toEqual({ bps: 2e6, filled: false });
  });

  test('is not measured by the packets of another', () => {
    const result = new ProbeResult();
    result.begin(probe);
    for (let i = 0; i < 20; i += 1) {
      const packet = { sentUs: i * 4_000, arrivalUs: i * 4_000, sizeBytes: 1000, probeId: 2 };
      expect(result.onPacket(packet)).toBeNaN();
    }
  });
});

describe('probing', () => {
  const second = 1_000_000;

  test('begins at three times the start rate and doubles what it finds, up to little above the demand', () => {
    const prober = new Prober(300_000);
    expect(prober.next(300_000, 2e6, false, 0)).toMatchObject({ id: 1, bitrateBps: 900_000, packets: 5 });
    expect(prober.next(300_000, 2e6, false, 20_000)).toBeUndefined();
    prober.onResult(890_000, 0.2 * second);
    expect(prober.next(890_000, 2e6, false, 0.2 * second)).toMatchObject({ id: 2, bitrateBps: 1_780_000 });
    prober.onResult(1_700_000, 0.4 * second);
    expect(prober.next(1_700_000, 2e6, false, 0.4 * second)).toMatchObject({ bitrateBps: 2_500_000 });
    prober.onResult(2_500_000, 0.6 * second);
    expect(prober.next(2_500_000, 2e6, true, 20 * second)).toBeUndefined();
  });

  test('may begin with a probe of its own kind, as soon as more is wanted than is there', () => {
    const startProbe = { bitrateBps: 20e6, bytes: 8_000, packets: 5 };
    const prober = new Prober(300_000, startProbe);
    expect(prober.next(300_000, 100_000, false, 0)).toBeUndefined();
    expect(prober.next(300_000, 2e6, false, 0)).toEqual({ ...startProbe, id: 1 });
    expect(prober.next(300_000, 2e6, false, 0.1 * second)).toBeUndefined();
    prober.onResult(300_000, 0.2 * second);
    expect(prober.next(300_000, 2e6, true, 6 * second)).toMatchObject({ id: 2, bitrateBps: 600_000 });
  });

  test('tries that one again, some times, while it shows nothing and the line is calm', () => {
    const startProbe = { bitrateBps: 20e6, bytes: 8_000, packets: 5 };
    const prober = new Prober(300_000, startProbe);
    prober.next(300_000, 2e6, false, 0);
    expect(prober.next(300_000, 2e6, true, 0.4 * second)).toBeUndefined();
    expect(prober.next(300_000, 2e6, false, 0.5 * second)).toBeUndefined();
    for (const [index, at] of [0.5, 1, 1.5].entries()) {
      expect(prober.next(300_000, 2e6, true, at * second)).toEqual({ ...startProbe, id: 2 + index });
    }
    expect(prober.next(300_000, 2e6, true, 2 * second)).toBeUndefined();
    expect(prober.next(300_000, 2e6, true, 6.5 * second)).toMatchObject({ id: 5, bitrateBps: 600_000 });
  });

  test('ends where the line stopped it, and is tried again every 5 s while it is calm', () => {
    const prober = new Prober(300_000);
    prober.next(300_000, 5e6, false, 0);
    prober.onResult(500_000, 0.2 * second);
    expect(prober.next(500_000, 5e6, true, 4.9 * second)).toBeUndefined();
    expect(prober.next(500_000, 5e6, false, 5 * second)).toBeUndefined();
    expect(prober.next(500_000, 5e6, true, 5 * second)).toMatchObject({ bitrateBps: 1e6 });
  });

  test('goes on until there is room for the margin with which a layer is taken, beyond what it takes', () => {
    const prober = new Prober(300_000);
    prober.next(300_000, 2e6, false, 0);
    expect(prober.next(2.1e6, 2e6, true, 6 * second)).toMatchObject({ bitrateBps: 2_500_000 });
    expect(prober.next(2.4e6, 2e6, true, 12 * second)).toBeUndefined();
  });

  test('comes twice as often after a deep drop', () => {
    const prober = new Prober(300_000);
    prober.next(300_000, 5e6, false, 0);
    prober.onRates(3e6, 3e6, second);
    prober.onRates(0.6e6, 0.6e6, 2 * second);
    expect(prober.next(0.6e6, 5e6, true, 2.5 * second)).toMatchObject({ bitrateBps: 1.2e6 });
    expect(prober.next(0.6e6, 5e6, true, 5 * second)).toMatchObject({ bitrateBps: 1.2e6 });
  });
});
