import { describe, expect, it } from 'vitest';
import { isWorthSimulcast, preferCodec, videoEncodings } from './encodings.ts';

const video = { codec: 'VP8', target_bitrate_kbps: 1500, max_framerate: 30 } as const;

describe('encodings', () => {
  it('ask for one stream at the target', () => {
    expect(videoEncodings(video, false)).toEqual([{ maxBitrate: 1_500_000, maxFramerate: 30 }]);
  });

  it('ask for three layers, lowest first, whose top one has the target to itself', () => {
    const encodings = videoEncodings(video, true);
    expect(encodings.map(({ rid }) => rid)).toEqual(['q', 'h', 'f']);
    expect(encodings.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy)).toEqual([4, 2, 1]);
    expect(encodings.map(({ maxBitrate }) => maxBitrate)).toEqual([187_500, 525_000, 1_500_000]);
    expect(encodings.every(({ maxFramerate }) => maxFramerate === 30)).toBe(true);
    expect(encodings.every((encoding) => !('scalabilityMode' in encoding))).toBe(true);
  });

  it('never ask a lower layer for more than the target', () => {
    const bitrates = videoEncodings({ ...video, target_bitrate_kbps: 60 }, true).map(({ maxBitrate }) => maxBitrate);
    expect(bitrates).toEqual([60_000, 60_000, 60_000]);
  });

  it('keep VP9 and AV1 from putting all layers into one stream', () => {
    for (const codec of ['VP9', 'AV1'] as const)
      expect(videoEncodings({ ...video, codec }, true).every(({ scalabilityMode }) => scalabilityMode === 'L1T1')).toBe(
        true,
      );
  });

  it('are several from 960 x 540 on', () => {
    expect(isWorthSimulcast(960, 540)).toBe(true);
    expect(isWorthSimulcast(540, 960)).toBe(true);
    expect(isWorthSimulcast(640, 480)).toBe(false);
  });
});

it('the preferred codec comes first with its variants, the others stay behind it', () => {
  const codecs = ['video/VP8', 'video/rtx', 'video/H264;a', 'video/VP9', 'video/H264'].map((name) => {
    const [mimeType = '', variant] = name.split(';');
    return { mimeType, variant };
  });
  const order = preferCodec(codecs, 'h264').map(({ mimeType, variant }) => mimeType.slice(6) + (variant ?? ''));
  expect(order).toEqual(['H264a', 'H264', 'VP8', 'rtx', 'VP9']);
});
