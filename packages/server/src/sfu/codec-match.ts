import type { Codec, SendCodec } from '../rtp/parameters.ts';

/**
 * The payload type under which a viewer takes what a source carries. H264 needs the same packetization mode, and the
 * profile that comes closest is preferred (whether the viewer can decode it was settled when it was negotiated).
 */
export function findSendCodec(codecs: readonly SendCodec[], source: Codec): SendCodec | undefined {
  const sameName = codecs.filter((candidate) => candidate.codec.name === source.name);
  if (source.name !== 'H264') return sameName[0];
  const sameMode = sameName.filter((candidate) => packetizationMode(candidate.codec) === packetizationMode(source));
  return sameMode.find((candidate) => profile(candidate.codec) === profile(source)) ?? sameMode[0];
}

function packetizationMode(codec: Codec): string {
  return codec.fmtp['packetization-mode'] ?? '0';
}

/** profile_idc and constraint flags, without the level (RFC 6184, section 8.1); the default is baseline. */
function profile(codec: Codec): string {
  return (codec.fmtp['profile-level-id'] ?? '420010').slice(0, 4).toLowerCase();
}
