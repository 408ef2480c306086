import { describe, expect, test } from 'vitest';
import { AcknowledgedBitrate } from './acknowledged-bitrate.ts';
import { Aimd } from './aimd.ts';
import { ApplicationLimit } from './application-limit.ts';
import { LossControl } from './loss-control.ts';

describe('additive increase, multiplicative decrease', () => {
  const second = 1_000_000;

  test('grows by 8% a second while the capacity is unknown, and by about a packet a response time once it is', () => {
    const aimd = new Aimd(1e6, 3e4, 5e7);
    aimd.roundTripUs = 100_000;
    aimd.update('normal', 1e6, false, 0);
    for (let i = 1; i <= 10; i += 1) aimd.update('normal', 1e6, false, (i * second) / 10);
    expect(aimd.bitrateBps).toBeCloseTo(1.08e6);
    aimd.update('overusing', 1e6, false, 2 * second);
    expect(aimd.bitrateBps).toBe(0.85e6);
    aimd.update('normal', 0.85e6, false, 2.1 * second);
    aimd.update('normal', 0.85e6, false, 3.1 * second);
    // 30 kbit a frame, so packets of 9.4 kbit, one in 400 ms.
    expect(aimd.bitrateBps).toBeCloseTo(0.85e6 + 23_600, -2);
  });

  test('does not grow beyond one and a half times of what gets through, nor untried', () => {
    const aimd = new Aimd(1e6, 3e4, 5e7);
    for (let i = 0; i < 50; i += 1) aimd.update('normal', 0.8e6, false, i * second);
    expect(aimd.bitrateBps).toBe(1.21e6);
    for (let i = 50; i < 60; i += 1) aimd.update('normal', 2e6, true, i * second);
    expect(aimd.bitrateBps).toBe(1.21e6);
  });

  test('waits for the effect of a decrease, and while the queue drains', () => {
    const aimd = new Aimd(1e6, 3e4, 5e7);
    aimd.roundTripUs = 100_000;
    aimd.update('overusing', 1e6, false, 0);
    aimd.update('overusing', 0.9e6, false, 50_000);
    expect(aimd.bitrateBps).toBe(0.85e6);
    aimd.update('underusing', 0.9e6, false, 500_000);
    expect(aimd.bitrateBps).toBe(0.85e6);
    aimd.update('overusing', 0.9e6, false, 600_000);
    expect(aimd.bitrateBps).toBe(0.765e6);
  });
});

describe('the acknowledged bitrate', () => {
  function receive(bitrate: AcknowledgedBitrate, fromUs: number, packets: number, intervalUs: number): void {
    for (let i = 0; i < packets; i += 1) bitrate.onPacket(fromUs + i * intervalUs, 1250, false);
  }

  test('is unknown at first, then that of the arrivals', () => {
    const bitrate = new AcknowledgedBitrate();
    receive(bitrate, 0, 40, 10_000);
    expect(bitrate.estimateBps).toBeNaN();
    receive(bitrate, 400_000, 40, 10_000);
    expect(bitrate.estimateBps).toBeCloseTo(1e6, -4);
  });

  test('is not lowered by silence, and soon lowered by fewer arrivals', () => {
    const bitrate = new AcknowledgedBitrate();
    receive(bitrate, 0, 200, 10_000);
    receive(bitrate, 12e6, 5, 10_000);
    expect(bitrate.estimateBps).toBeCloseTo(1e6, -4);
    bitrate.expectChange();
    receive(bitrate, 12.1e6, 30, 20_000);
    expect(bitrate.estimateBps).toBeLessThan(0.65e6);
  });
});

describe('loss control', () => {
  /** Second after second of packets that lose a share; what is sent follows the limit. */
  function lose(loss: LossControl, seconds: number, share: (bitrateBps: number) => number): number {
    let bitrateBps = Math.min(2e6, loss.limitBps);
    for (let second = 0; second < seconds; second += 1) {
      const fraction = share(bitrateBps);
      const acknowledgedBps = bitrateBps * (1 - fraction);
      const lost = Math.round(200 * fraction);
      loss.onPackets(200 - lost, lost, bitrateBps, acknowledgedBps, 50_000, second * 1.1e6);
      bitrateBps = Math.min(2e6, loss.limitBps);
    }
    return bitrateBps;
  }

  test('leaves a rate alone at 5%', () => {
    const loss = new LossControl();
    lose(loss, 30, () => {
      expect(loss.limitBps).toBe(Number.POSITIVE_INFINITY);
      return 0.05;
    });
  });

  test('goes down to what a line with a short buffer lets through', () => {
    const rateBps = lose(new LossControl(), 10, (bitrateBps) => Math.max(0, 1 - 1.2e6 / bitrateBps));
    expect(rateBps).toBeLessThan(1.35e6);
    expect(rateBps).toBeGreaterThan(1e6);
  });

  test('does not hold back a rate at which a probe got through since', () => {
    const loss = new LossControl();
    lose(loss, 2, () => 0.4);
    expect(loss.limitBps).toBeLessThan(1.5e6);
    loss.onProbe(1.5e6);
    expect(loss.limitBps).toBe(1.5e6);
    loss.onProbe(1e6);
    expect(loss.limitBps).toBe(1.5e6);
  });

  test('takes loss that no rate cures as inherent, and gives the rate back', () => {
    const loss = new LossControl();
    lose(loss, 2, () => 0.2);
    expect(loss.limitBps).toBeLessThan(2e6);
    expect(lose(loss, 10, () => 0.2)).toBe(2e6);
    expect(loss.inherentLoss).toBeCloseTo(0.2);
  });
});

test('the application is limited when it sends half of what it may, not at nine tenths', () => {
  const limit = new ApplicationLimit();
  const send = (share: number) => {
    let begins = 0;
    for (let i = 0; i < 150; i += 1) {
      limit.onPacketSent((1e6 / 8 / 50) * share);
      if (limit.update(1e6, nowUs)) begins += 1;
      nowUs += 20_000;
    }
    return begins;
  };
  let nowUs = 0;
  send(0.9);
  expect(limit.isLimited).toBe(false);
  send(0.4);
  expect(limit.isLimited).toBe(true);
  expect(send(0.9)).toBe(1);
  expect(limit.isLimited).toBe(false);
});
