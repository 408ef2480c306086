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

/** The codec as our SDP asks the host to use it: its own parameters, and what the policy adds. */
export function requestedCodec(codec: Codec, policy: PublishPolicy): Codec {
  const added = codec.name === 'opus' ? opusParameters(policy) : videoParameters(codec, policy);
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

function videoParameters({ name }: Codec, policy: PublishPolicy): Record<string, string> {
  return {
    // Chromium reads these from the remote description. A minimum (x-google-min-bitrate) would defeat congestion
    // control.
    'x-google-start-bitrate': kbps(Math.min(policy.videoBitrateBps, maxStartBitrateBps)),
    'x-google-max-bitrate': kbps(transportBitrateBps(policy, true)),
    // RFC 7741 and RFC 9628; H.264 and AV1 have no such parameter.
    ...((name === 'VP8' || name === 'VP9') && { 'max-fr': String(policy.maxFramerate) }),
  };
}

function kbps(bitrateBps: number): string {
  return String(Math.ceil(bitrateBps / 1000));
}

/** What the video section says of bandwidth and framerate, beside an audio section or alone. */
export function videoLimits(policy: PublishPolicy, withAudio: boolean): NonNullable<LocalSection['limits']> {
  return {
    bitrateBps: policy.videoBitrateBps,
    transportBitrateBps: transportBitrateBps(policy, withAudio),
    framerate: policy.maxFramerate,
  };
}

/** All that the connection has to carry for the video to reach its bitrate. */
function transportBitrateBps({ videoBitrateBps, audioBitrateBps }: PublishPolicy, withAudio: boolean): number {
  return Math.ceil(videoBitrateBps * overhead) + (withAudio ? audioBitrateBps : 0);
}
