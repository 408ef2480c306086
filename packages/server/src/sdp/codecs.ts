import type { Codec, CodecName, MediaKind, SendCodec, VideoCodecName } from '../rtp/parameters.ts';
import type { RemoteCodec, RemoteMedia } from './description.ts';
import { SdpError } from './errors.ts';
import { h264Profile, h264Surplus } from './h264-profile.ts';

const names: Readonly<Record<MediaKind, readonly CodecName[]>> = {
  audio: ['opus'],
  video: ['VP8', 'VP9', 'H264', 'AV1'],
};

/** A format of the peer's that this server carries. */
export interface OfferedCodec {
  readonly codec: Codec;
  readonly format: RemoteCodec;
}

/** The peer's formats that this server carries, in the peer's order. */
export function supportedCodecs(media: RemoteMedia, kind: MediaKind): OfferedCodec[] {
  return media.codecs.flatMap((format) => {
    const codec = supportedCodec(format, kind);
    return codec === undefined ? [] : [{ codec, format }];
  });
}

function supportedCodec(format: RemoteCodec, kind: MediaKind): Codec | undefined {
  const name = names[kind].find((known) => known.toLowerCase() === format.name.toLowerCase());
  const { clockRate, fmtp } = format;
  switch (name) {
    case undefined:
      return undefined;
    case 'opus':
      // RFC 7587, section 7: always opus/48000/2, whatever is sent.
      return clockRate === 48_000 && format.channels === 2 ? { name, clockRate, channels: 2, fmtp } : undefined;
    case 'H264':
      // Browsers send fragmented units (FU-A), which only packetization-mode 1 allows (RFC 6184, section 6.3).
      if (fmtp['packetization-mode'] !== '1' || h264Profile(fmtp['profile-level-id']) === undefined) return undefined;
      break;
    case 'AV1':
      if (profileOf(fmtp.profile) !== '0') return undefined;
      break;
  }
  return clockRate === 90_000 ? { name, clockRate, fmtp } : undefined;
}

/** Both VP9's `profile-id` and AV1's `profile` default to 0. */
function profileOf(parameter: string | undefined): string {
  return parameter ?? '0';
}

/**
 * The one codec that a host shall send: `preferred` where it is offered, else the host's first. Of several profiles,
 * the one that most viewers decode: H.264 Constrained Baseline, VP9 profile 0.
 * @throws SdpError codec_not_supported
 */
export function choosePublishedCodec(media: RemoteMedia, kind: MediaKind, preferred: VideoCodecName): OfferedCodec {
  const offered = supportedCodecs(media, kind);
  const first = offered.find(({ codec }) => codec.name === preferred) ?? firstCodec(media, kind);
  const sameName = offered.filter(({ codec }) => codec.name === first.codec.name);
  return sameName.find(({ codec }) => hasCommonProfile(codec)) ?? first;
}

/** @throws SdpError codec_not_supported */
export function firstCodec(media: RemoteMedia, kind: MediaKind): OfferedCodec {
  const [first] = supportedCodecs(media, kind);
  if (first === undefined) throw noCommonCodec(media, kind);
  return first;
}

function hasCommonProfile({ name, fmtp }: Codec): boolean {
  if (name === 'H264') return h264Profile(fmtp['profile-level-id']) === 'constrained-baseline';
  if (name === 'VP9') return profileOf(fmtp['profile-id']) === '0';
  return true;
}

function noCommonCodec(media: RemoteMedia, kind: MediaKind): SdpError {
  const offered = [...new Set(media.codecs.map(({ name }) => name))].join(', ') || 'nothing';
  const carried = names[kind].join(', ');
  const detail =
    kind === 'video' ? `${carried} (H264 with packetization-mode=1, AV1 with profile 0)` : `${carried}/48000/2`;
  return new SdpError('codec_not_supported', `${kind}: ${offered} offered, but this server carries ${detail}`);
}

/**
 * Which of a viewer's codecs to use for what the host sends: the closest match that decodes it, or undefined.
 * To be asked again when a returning host has changed its codec.
 */
export function findDecoder<T extends Pick<SendCodec, 'codec'>>(accepted: readonly T[], sent: Codec): T | undefined {
  let best: T | undefined;
  let bestSurplus = Number.POSITIVE_INFINITY;
  for (const candidate of accepted) {
    const surplus = decoderSurplus(candidate.codec, sent);
    if (surplus < 0 || surplus >= bestSurplus) continue;
    best = candidate;
    bestSurplus = surplus;
  }
  return best;
}

/** 0 for a decoder of just what is sent, more for one that can do more, negative for one that cannot decode it. */
function decoderSurplus(decoder: Codec, sent: Codec): number {
  if (decoder.name !== sent.name) return -1;
  if (decoder.name === 'VP9')
    return profileOf(decoder.fmtp['profile-id']) === profileOf(sent.fmtp['profile-id']) ? 0 : -1;
  if (decoder.name !== 'H264') return 0;
  const decoderProfile = h264Profile(decoder.fmtp['profile-level-id']);
  const sentProfile = h264Profile(sent.fmtp['profile-level-id']);
  return decoderProfile && sentProfile ? h264Surplus(decoderProfile, sentProfile) : -1;
}

/** For messages: `H264 (profile-level-id=640020)`. */
export function describeCodec({ name, fmtp }: Codec): string {
  const profile = ['profile-level-id', 'profile-id'].find((parameter) => fmtp[parameter] !== undefined);
  return profile === undefined ? name : `${name} (${profile}=${fmtp[profile]})`;
}
