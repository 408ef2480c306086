import type { Codec } from '../rtp/parameters.ts';
import type { LocalSection } from './local-description.ts';
import type { PublishPolicy } from './policy.ts';

/**
 * What Chromium's bandwidth estimate starts from, at most. Its own default of 300 kbps costs a 720p host some seconds
 * of blur; more than this would overrun a slow uplink before the first feedback.
 */
const maxStartBitrateBps = 1_000_000;

/** Headers and authentication tag (RTP, SRTP, UDP, IP: 66 bytes on 1200), and retransmissions, above the video. */
const overhead = 1.1;

/** The codec as our SDP asks the host to use it: its own parameters, and what the policy adds for so many layers. */
export function requestedCodec(codec: Codec, policy: PublishPolicy, layers: number): Codec {
  const added = codec.name === 'opus' ? opusParameters(policy) : videoParameters(codec, policy, layers);
  return { ...codec, fmtp: { ...codec.fmtp, ...added } };
}

/** RFC 7587, section 6.1. Each of them is read by the encoder of the side that receives this SDP. */
function opusParameters({ audioBitrateBps, audioSampleRateHz }: PublishPolicy): Record<string, string> {
  return {
    minptime: '10',
    useinbandfec: '1',
    usedtx: '0',
    stereo: '1',
    maxaveragebitrate: String(audioBitrateBps),
    maxplaybackrate: String(audioSampleRateHz),
  };
}

function videoParameters({ name }: Codec, policy: PublishPolicy, layers: number): Record<string, string> {
  return {
    // Chromium reads these from the remote description. A minimum (x-google-min-bitrate) would defeat congestion
    // control.
    'x-google-start-bitrate': kbps(Math.min(policy.videoBitrateBps, maxStartBitrateBps)),
    'x-google-max-bitrate': kbps(publishedBitrateBps(policy, layers, true)),
    // RFC 7741 and RFC 9628; H.264 and AV1 have no such parameter.
    ...((name === 'VP8' || name === 'VP9') && { 'max-fr': String(policy.maxFramerate) }),
  };
}

function kbps(bitrateBps: number): string {
  return String(Math.ceil(bitrateBps / 1000));
}

/** What the video section says of bandwidth and framerate, of so many layers, beside an audio section or alone. */
export function videoLimits(
  policy: PublishPolicy,
  layers: number,
  withAudio: boolean,
): NonNullable<LocalSection['limits']> {
  return {
    bitrateBps: allLayersBps(policy.videoBitrateBps, layers),
    transportBitrateBps: publishedBitrateBps(policy, layers, withAudio),
    framerate: policy.maxFramerate,
  };
}

/**
 * Bits a second that the host's connection has to carry for the highest layer to reach its bitrate, packet headers and
 * repair included. Chromium shares what it may send from the lowest layer up, so a limit for one layer would starve the
 * highest.
 */
export function publishedBitrateBps(policy: PublishPolicy, layers: number, withAudio: boolean): number {
  const videoBps = Math.ceil(allLayersBps(policy.videoBitrateBps, layers) * overhead);
  return videoBps + (withAudio ? policy.audioBitrateBps : 0);
}

/** Each layer below has half the width and height; for equal quality bitrate grows with the 3/4 power of the pixels. */
const lowerLayerShare = 0.25 ** 0.75;

function allLayersBps(highestBps: number, layers: number): number {
  let sumBps = 0;
  for (let layer = 0; layer < Math.max(1, layers); layer += 1) sumBps += highestBps * lowerLayerShare ** layer;
  return Math.ceil(sumBps);
}
