import { expect, it } from 'vitest';
import { RtpPacketView } from '../../rtp/packet.ts';
import { frameSize, prepareMedia } from './host-media.ts';
import { readTrace, traceLength, writeTrace } from './trace.ts';

it('the default bitrate is that of the bench: 6 packets of 1200 bytes a frame', () => {
  expect(frameSize(1_728_000, 30)).toEqual({ packetsPerFrame: 6, packetLength: 1200 });
});

it.each([20, 64, 500, 1500, 8000])('%d kbps come out, or what one small packet a frame makes', (kbps) => {
  const { packetsPerFrame, packetLength } = frameSize(kbps * 1000, 30);
  const sentKbps = (packetsPerFrame * packetLength * 8 * 30) / 1000;
  expect(packetLength).toBeLessThanOrEqual(1200);
  expect(Math.abs(sentKbps - Math.max(kbps, 24))).toBeLessThan(0.02 * kbps + 1);
});

it('simulcast has three layers that tell their rid, each its part of the bitrate', () => {
  const plan = { kind: 'synthetic', bitrateBps: 1_728_000, framesPerSecond: 30, keyframeIntervalSeconds: 2 } as const;
  const { rids, createStreams } = prepareMedia({ ...plan, simulcast: true });
  const layers = createStreams(100).map((stream) => stream.nextFrame());
  expect(rids).toEqual(['q', 'h', 'f']);
  const view = new RtpPacketView();
  for (const [index, [packet = Buffer.alloc(0)]] of layers.entries()) {
    expect(view.parse(packet)).toBe(true);
    expect(view.ssrc).toBe(100 + index);
    expect(packet.includes(rids[index] ?? '?', 16)).toBe(true);
  }
  expect(layers.map((packets) => packets.reduce((sum, { length }) => sum + length, 0))).toEqual([450, 1800, 7200]);
});

it('a trace is read back from a packet, and not from one that has none', () => {
  const trace = { layer: 0, index: 0, sentMs: 0 };
  const packet = Buffer.alloc(100);
  expect(readTrace(packet, packet.length, trace)).toBe(false);
  writeTrace(packet, 2, 4_000_000_000, 1.7e12 + 0.25);
  expect(readTrace(packet, packet.length, trace)).toBe(true);
  expect(trace).toEqual({ layer: 2, index: 4_000_000_000, sentMs: 1.7e12 + 0.25 });
  expect(readTrace(packet, traceLength - 1, trace)).toBe(false);
  expect(readTrace(packet, packet.length + 1, trace)).toBe(false);
});
