import type { Codec, MediaKind } from '../rtp/parameters.ts';
import { knownFeedback } from './feedback.ts';
import type { LocalFormat } from './local-description.ts';

/**
 * The formats of our own offers. H.264 five times, since browsers match profiles exactly: Constrained Baseline, Main,
 * High, Constrained High (Safari's name for it) and High 4:4:4 Predictive (Chromium's, without a hardware decoder).
 */
export const offeredFormats: Readonly<Record<MediaKind, readonly LocalFormat[]>> = {
  audio: [
    {
      codec: { name: 'opus', clockRate: 48_000, channels: 2, fmtp: { minptime: '10', useinbandfec: '1' } },
      payloadType: 111,
      feedback: knownFeedback.audio,
    },
  ],
  video: [
    video(96, 'VP8'),
    video(98, 'VP9', { 'profile-id': '0' }),
    video(100, 'H264', h264('42e01f')),
    video(102, 'H264', h264('4d001f')),
    video(104, 'H264', h264('64001f')),
    video(106, 'H264', h264('640c1f')),
    video(108, 'H264', h264('f4001f')),
    video(112, 'AV1', { profile: '0' }),
  ],
};

/** The audio formats with their RED (RFC 2198), where the room wants it; the number is Chromium's. */
export function offeredAudio(audioRedundancy: boolean | undefined): readonly LocalFormat[] {
  return audioRedundancy
    ? offeredFormats.audio.map((format) => ({ ...format, redPayloadType: 63 }))
    : offeredFormats.audio;
}

function video(payloadType: number, name: Codec['name'], fmtp: Codec['fmtp'] = {}): LocalFormat {
  const codec = { name, clockRate: 90_000, fmtp };
  return { codec, payloadType, rtxPayloadType: payloadType + 1, feedback: knownFeedback.video };
}

function h264(profileLevelId: string): Codec['fmtp'] {
  return { 'level-asymmetry-allowed': '1', 'packetization-mode': '1', 'profile-level-id': profileLevelId };
}
