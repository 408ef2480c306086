import type { MediaSettings } from '@bitbasel/protocol';

/** `scalabilityMode` (W3C webrtc-svc) is not in TypeScript's DOM types yet. */
export type VideoEncoding = RTCRtpEncodingParameters & { scalabilityMode?: string };

/** A quarter, half and all of the resolution. For equal quality bitrate grows with the 3/4 power of the pixels. */
const layers = [
  { rid: 'q', scaleResolutionDownBy: 4, bitrateShare: 0.125 },
  { rid: 'h', scaleResolutionDownBy: 2, bitrateShare: 0.35 },
  { rid: 'f', scaleResolutionDownBy: 1, bitrateShare: 1 },
] as const;

const lowestLayerBps = 100_000;

/** Below this, a quarter of the resolution is too small to be worth sending. */
export function isWorthSimulcast(width: number, height: number): boolean {
  return width * height >= 960 * 540;
}

/** What to ask of the video encoder so that the top layer meets the room's settings. Lowest layer first. */
export function videoEncodings(settings: MediaSettings['video'], simulcast: boolean): VideoEncoding[] {
  const targetBps = settings.target_bitrate_kbps * 1000;
  const shared: VideoEncoding = { maxFramerate: settings.max_framerate };
  if (!simulcast) return [{ ...shared, maxBitrate: targetBps }];
  // Without an explicit mode Chromium takes several VP9 or AV1 encodings for one stream with spatial layers inside.
  if (settings.codec === 'VP9' || settings.codec === 'AV1') shared.scalabilityMode = 'L1T1';
  return layers.map(({ rid, scaleResolutionDownBy, bitrateShare }) => ({
    ...shared,
    rid,
    scaleResolutionDownBy,
    maxBitrate: Math.min(targetBps, Math.max(lowestLayerBps, Math.round(targetBps * bitrateShare))),
  }));
}

/** The browser's codecs with the named one first, its variants in their order; the others stay, as what to fall back to. */
export function preferCodec<Codec extends { mimeType: string }>(codecs: readonly Codec[], name: string): Codec[] {
  const isPreferred = (codec: Codec) => codec.mimeType.toLowerCase() === `video/${name.toLowerCase()}`;
  return [...codecs.filter(isPreferred), ...codecs.filter((codec) => !isPreferred(codec))];
}
