import { describe, expect, it } from 'vitest';
import { PublishStatsReader } from './publish-stats.ts';
import { ServerClock } from './server-clock.ts';
import { WatchStatsReader } from './watch-stats.ts';

type Entry = { id: string; type: string; timestamp: number } & Record<string, unknown>;

const reportOf = (...entries: Entry[]) =>
  new Map(entries.map((entry) => [entry.id, entry])) as unknown as RTCStatsReport;

const pair: Entry = {
  id: 'P',
  type: 'candidate-pair',
  timestamp: 0,
  nominated: true,
  state: 'succeeded',
  currentRoundTripTime: 0.02,
};

describe('what a viewer is told', () => {
  const nowMs = 1_800_000_000_000;

  function report(second: number): RTCStatsReport {
    const timestamp = nowMs + second * 1000;
    return reportOf(
      pair,
      { id: 'C', type: 'codec', timestamp, mimeType: 'video/VP8' },
      {
        ...{ id: 'V', type: 'inbound-rtp', kind: 'video', timestamp, codecId: 'C' },
        ...{ frameWidth: 1280, frameHeight: 720, framesPerSecond: 30, framesDecoded: second * 30, keyFramesDecoded: 1 },
        ...{ bytesReceived: second * 180_000, headerBytesReceived: second * 3_000, packetsReceived: second * 150 },
        ...{ packetsLost: 2, jitterBufferDelay: second * 1.2, jitterBufferEmittedCount: second * 30 },
        // Shown now: what the server stamped a quarter of a second ago, its clock being three seconds ahead.
        estimatedPlayoutTimestamp: timestamp + 3_000 - 250 + 2_208_988_800_000,
      },
      {
        ...{ id: 'A', type: 'inbound-rtp', kind: 'audio', timestamp, audioLevel: 0.25, totalAudioEnergy: second * 0.1 },
        ...{
          bytesReceived: second * 16_000,
          headerBytesReceived: second * 600,
          packetsReceived: second * 50,
          packetsLost: 1,
        },
      },
    );
  }

  it('is read from the report, with rates over what came since', () => {
    const clock = new ServerClock();
    clock.addSample(nowMs, nowMs, nowMs + 3_000);
    const reader = new WatchStatsReader();
    expect(reader.read(report(1), 'live', clock)).toMatchObject({ bitrateBps: 0, jitterBufferMs: 0 });
    expect(reader.read(report(2), 'live', clock)).toEqual({
      ...{ state: 'live', codec: 'VP8', width: 1280, height: 720, framesPerSecond: 30, framesDecoded: 60 },
      ...{
        framesDropped: 0,
        keyFramesDecoded: 1,
        freezeCount: 0,
        freezeDurationMs: 0,
        bitrateBps: 196_000 * 8,
        bytesReceived: 399_200,
      },
      ...{
        packetsReceived: 400,
        packetsLost: 3,
        audioLevel: 0.25,
        totalAudioEnergy: 0.2,
        jitterBufferMs: expect.closeTo(40),
      },
      ...{ roundTripMs: 20, delayMs: 250 },
    });
  });

  it('leaves the delay open while the clock of the server is not known', () => {
    expect(new WatchStatsReader().read(report(1), 'live', new ServerClock()).delayMs).toBeNull();
  });

  it('has the delay from Firefox too, which counts it from 1970', () => {
    const clock = new ServerClock();
    clock.addSample(nowMs, nowMs, nowMs + 3_000);
    const video = { id: 'V', type: 'inbound-rtp', kind: 'video', timestamp: nowMs };
    const firefox = reportOf({ ...video, estimatedPlayoutTimestamp: nowMs + 3_000 - 250 });
    expect(new WatchStatsReader().read(firefox, 'live', clock).delayMs).toBe(250);
  });

  it('is all zero without a connection', () => {
    const stats = new WatchStatsReader().read(undefined, 'connecting', new ServerClock());
    expect(stats).toMatchObject({
      state: 'connecting',
      codec: null,
      width: 0,
      bitrateBps: 0,
      roundTripMs: null,
      delayMs: null,
    });
  });
});

describe('what a host is told', () => {
  const layer = (second: number, rid: string, height: number, bytesPerSecond: number, framesPerSecond = 30): Entry => ({
    ...{
      id: rid,
      type: 'outbound-rtp',
      kind: 'video',
      timestamp: second * 1000,
      rid,
      frameHeight: height,
      framesPerSecond,
    },
    ...{
      frameWidth: (height * 16) / 9,
      framesEncoded: second * 30,
      bytesSent: second * bytesPerSecond,
      packetsSent: second,
    },
    qualityLimitationReason: rid === 'f' ? 'cpu' : 'none',
  });
  const report = (second: number) =>
    reportOf(
      pair,
      {
        id: 'A',
        type: 'outbound-rtp',
        kind: 'audio',
        timestamp: second * 1000,
        bytesSent: second * 16_000,
        packetsSent: second,
      },
      layer(second, 'q', 180, 20_000),
      layer(second, 'h', 360, 60_000),
      layer(second, 'f', 720, 0, 0),
      { id: 'R', type: 'remote-inbound-rtp', timestamp: second * 1000, packetsLost: 4 },
    );

  it('is summed over the layers, and names those that are being sent', () => {
    const reader = new PublishStatsReader();
    reader.read(report(1), 'live');
    const stats = reader.read(report(2), 'live');
    expect(stats).toMatchObject({ width: 640, height: 360, framesPerSecond: 30, framesEncoded: 180, packetsSent: 8 });
    expect(stats).toMatchObject({ bitrateBps: 768_000, packetsLost: 4, roundTripMs: 20, qualityLimitation: 'cpu' });
    expect(stats.layers.map(({ rid, height, bitrateBps }) => [rid, height, bitrateBps])).toEqual([
      ['h', 360, 480_000],
      ['q', 180, 160_000],
    ]);
  });

  it('tells what a browser has no figures for from what did not happen', () => {
    const video = { id: 'V', type: 'outbound-rtp', kind: 'video', timestamp: 0 };
    const unknown = { keyFramesEncoded: null, qualityLimitation: null };
    expect(new PublishStatsReader().read(reportOf(video), 'live')).toMatchObject(unknown);
    const chromium = reportOf({ ...video, keyFramesEncoded: 1, qualityLimitationReason: 'none' });
    const known = { keyFramesEncoded: 1, qualityLimitation: 'none' };
    expect(new PublishStatsReader().read(chromium, 'live')).toMatchObject(known);
    expect(new PublishStatsReader().read(undefined, 'connecting')).toMatchObject({ ...known, keyFramesEncoded: 0 });
  });
});
