import type { Codec } from '../rtp/parameters.ts';
import type { LocalTransport } from '../transport/transport.ts';
import type { PublishPolicy, ViewPolicy } from './policy.ts';

/** Our side of a negotiation, for tests. */

export const local: LocalTransport = {
  ice: { ufrag: 'serverUfrag', pwd: 'serverPasswordOfEnoughLength' },
  fingerprint: { algorithm: 'sha-256', value: Array(32).fill('AB').join(':') },
  candidates: [
    { address: '192.0.2.1', port: 40_000, protocol: 'udp', type: 'host', priority: 2_130_706_431, foundation: '1' },
    { address: '2001:db8::1', port: 40_000, protocol: 'udp', type: 'host', priority: 2_130_706_175, foundation: '2' },
    { address: '192.0.2.1', port: 40_000, protocol: 'tcp', type: 'host', priority: 1_518_280_447, foundation: '3' },
  ],
};

export const publishPolicy: PublishPolicy = {
  videoCodec: 'VP8',
  videoBitrateBps: 1_500_000,
  maxFramerate: 30,
  audioBitrateBps: 128_000,
  audioSampleRateHz: 48_000,
};

/** Hosts with audio, and with that video, of whom a viewer can be shown so many at a time. */
export function viewPolicy(video?: Codec, slots = 1): ViewPolicy {
  const ssrcs = (slot: number) => ({ audio: 1001 + 10 * slot, video: 1002 + 10 * slot, videoRtx: 1003 + 10 * slot });
  return {
    codecs: { audio: opus, ...(video && { video }) },
    ssrcs: [ssrcs(0), ...Array.from({ length: slots - 1 }, (_, index) => ssrcs(index + 1))],
    cname: 'room-1',
  };
}

const opus: Codec = { name: 'opus', clockRate: 48_000, channels: 2, fmtp: { useinbandfec: '1' } };
export const vp8: Codec = { name: 'VP8', clockRate: 90_000, fmtp: {} };
export const vp9: Codec = { name: 'VP9', clockRate: 90_000, fmtp: { 'profile-id': '0' } };
export const av1: Codec = { name: 'AV1', clockRate: 90_000, fmtp: {} };

export function h264(profileLevelId: string): Codec {
  return {
    name: 'H264',
    clockRate: 90_000,
    fmtp: { 'profile-level-id': profileLevelId, 'packetization-mode': '1' },
  };
}

/** The section of that kind, from its m-line on. */
export function sectionOf(sdp: string, kind: string): string {
  const section = sdp.split(/^(?=m=)/m).find((part) => part.startsWith(`m=${kind}`));
  if (section === undefined) throw new Error(`no ${kind} section`);
  return section;
}
