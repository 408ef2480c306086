import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type {
  Codec,
  EncodingTarget,
  ExtensionIds,
  Feedback,
  ReceiveTrackParameters,
} from '../../packages/server/src/rtp/parameters.ts';
import type { StreamWarningCode } from '../../packages/server/src/sfu/linter/stream-warning.ts';
import { OutgoingPacket } from '../../packages/server/src/sfu/outgoing-packet.ts';
import { Publisher } from '../../packages/server/src/sfu/publisher.ts';
import { readRtpDump } from '../support/rtp-dump.ts';

/** Streams that ffmpeg and GStreamer sent, by make-fixtures.sh, with the times at which their packets came. */
const fixtures = new URL('fixtures/', import.meta.url);

const extensions: ExtensionIds = {
  mid: 0,
  rid: 0,
  repairedRid: 0,
  transportCc: 0,
  absSendTime: 0,
  audioLevel: 0,
  videoOrientation: 0,
  dependencyDescriptor: 0,
};
/** Like most encoders that are no browser: asked for keyframes, and sending them when they please. */
const feedback: Feedback = { nack: true, pli: true, fir: false, transportCc: false, remb: false };
/** What the healthy streams were made for. */
const ownTarget: EncodingTarget = { bitrateBps: 50_000, framerate: 15 };

function video(name: 'VP8' | 'VP9' | 'H264', target = ownTarget): ReceiveTrackParameters {
  const codec: Codec = { name, clockRate: 90_000, fmtp: {} };
  return { kind: 'video', mid: '1', codec, payloadType: 96, feedback, extensions, encodings: [{ ssrc: 1000 }], target };
}

const audio: ReceiveTrackParameters = {
  kind: 'audio',
  mid: '0',
  codec: { name: 'opus', clockRate: 48_000, channels: 2, fmtp: {} },
  payloadType: 111,
  feedback,
  extensions,
  encodings: [{ ssrc: 2000 }],
};

const startUs = 1_800_000_000_000_000;
const tickUs = 20_000;
const namedWithinMs = 5_000;

/** Replays a stream into a publisher by virtual time. @returns when (ms) each warning was first told, by its code */
function lint(fixture: string, tracks: readonly ReceiveTrackParameters[]): Map<StreamWarningCode, number> {
  const outlet = { onPacket: () => {}, onLayersChanged: () => {} };
  const packet = new OutgoingPacket();
  const publisher = new Publisher({ sink: { send: () => true }, tracks, outlet, packet, maxBitrateBps: 1e6 });
  const named = new Map<StreamWarningCode, number>();
  let tickAtUs = startUs;
  const tickUntil = (untilUs: number) => {
    for (; tickAtUs <= untilUs; tickAtUs += tickUs) {
      publisher.tick(tickAtUs);
      for (const { code } of publisher.warnings) if (!named.has(code)) named.set(code, (tickAtUs - startUs) / 1000);
    }
  };
  for (const { atMs, bytes } of readRtpDump(readFileSync(new URL(`${fixture}.rtp`, fixtures)))) {
    const atUs = startUs + atMs * 1000;
    tickUntil(atUs);
    publisher.receive(bytes, atUs);
  }
  return named;
}

const healthy: [string, ReceiveTrackParameters[]][] = [
  ['healthy-h264', [audio, video('H264')]],
  ['healthy-gstreamer-h264', [video('H264')]],
  ['healthy-vp8', [audio, video('VP8')]],
  ['healthy-vp9', [video('VP9')]],
  ['healthy-opus', [audio]],
];

/** The code, the stream, and its tracks as they were negotiated. `faultAtMs`: what comes before is healthy. */
const faulty: [StreamWarningCode, string, ReceiveTrackParameters[], { faultAtMs: number }?][] = [
  ['b-frames', 'b-frames', [video('H264')]],
  ['long-key-interval', 'long-key-interval', [video('H264')]],
  ['odd-profile', 'odd-profile-h264', [video('H264')]],
  ['odd-profile', 'odd-profile-vp9', [video('VP9')]],
  ['odd-profile', 'interlaced-h264', [video('H264')]],
  ['sender-reports-missing', 'sender-reports-missing', [video('VP8')]],
  ['sender-reports-wrong', 'sender-reports-wrong', [video('VP8')]],
  ['loss-rising', 'loss-rising', [video('VP8')]],
  ['jitter-rising', 'jitter-rising', [video('VP8')]],
  ['below-target', 'healthy-vp8', [audio, video('VP8', { bitrateBps: 1_500_000, framerate: 15 })]],
  ['below-target', 'low-framerate', [video('H264', { bitrateBps: 50_000, framerate: 15 })]],
  ['silent-audio', 'silent-audio', [audio]],
  ['frozen-video', 'frozen-video', [audio, video('H264')], { faultAtMs: 2_000 }],
  ['still-video', 'still-video', [video('H264')]],
  ['no-audio', 'healthy-vp9', [audio, video('VP9')]],
  ['no-video', 'healthy-opus', [audio, video('H264')]],
];

describe('the linter finds nothing wrong with', () => {
  it.each(healthy)('%s', (fixture, tracks) => {
    expect([...lint(fixture, tracks).keys()]).toEqual([]);
  });
});

describe('the linter names within 5 s, and nothing else,', () => {
  it.each(faulty)('%s in %s', (code, fixture, tracks, { faultAtMs } = { faultAtMs: 0 }) => {
    const named = lint(fixture, tracks);
    expect([...named.keys()]).toEqual([code]);
    expect(named.get(code)).toBeGreaterThan(faultAtMs);
    expect(named.get(code)).toBeLessThanOrEqual(faultAtMs + namedWithinMs);
  });
});

it('every fixture is replayed', () => {
  const replayed = new Set([...healthy.map(([fixture]) => fixture), ...faulty.map(([, fixture]) => fixture)]);
  expect(readdirSync(fixtures).sort()).toEqual([...replayed].map((fixture) => `${fixture}.rtp`).sort());
});
