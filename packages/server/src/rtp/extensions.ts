import type { RtpPacketView } from './packet.ts';

/** RTP header extensions (RFC 8285) that the server negotiates, by their URI in `a=extmap`. */
export const extensionUris = {
  /** RFC 9143. */
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  /** RFC 8852. */
  rid: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  /** RFC 8852: the rid of the stream that this RTX stream repairs. */
  repairedRid: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  /** draft-holmer-rmcat-transport-wide-cc-extensions-01. */
  transportCc: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  /** webrtc.googlesource.com, docs/native-code/rtp-hdrext/abs-send-time. */
  absSendTime: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  /** RFC 6464. */
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  /** 3GPP TS 26.114, section 7.4.5. */
  videoOrientation: 'urn:3gpp:video-orientation',
  /** "RTP Payload Format For AV1", appendix A. */
  dependencyDescriptor: 'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
} as const;

/** The profile field of a block of one-byte headers (RFC 8285, section 4.2). */
export const oneByteProfile = 0xbede;
/** The same of two-byte headers; its low four bits are the application's (RFC 8285, section 4.3). */
export const twoByteProfile = 0x1000;

/**
 * Byte offset in `packet.buffer` of the data of the extension with this local id, or -1. Id 0 is "not negotiated" and
 * never found. An element that overruns its block ends the search.
 */
export function findExtension(packet: RtpPacketView, id: number): number {
  if (id === 0) return -1;
  if (packet.extensionProfile === oneByteProfile) return findOneByte(packet, id);
  if ((packet.extensionProfile & 0xfff0) === twoByteProfile) return findTwoByte(packet, id);
  return -1;
}

/** Bytes of data of an extension that `findExtension` found at `offset`: the byte before the data says. */
export function extensionDataLength(packet: RtpPacketView, offset: number): number {
  const lengthByte = packet.buffer.readUInt8(offset - 1);
  return packet.extensionProfile === oneByteProfile ? (lengthByte & 0x0f) + 1 : lengthByte;
}

function findOneByte(packet: RtpPacketView, id: number): number {
  const end = packet.extensionOffset + packet.extensionLength;
  let offset = packet.extensionOffset;
  while (offset < end) {
    const header = packet.buffer.readUInt8(offset++);
    if (header === 0) continue; // padding
    const elementId = header >> 4;
    // 15 ends the block, and so does an id of 0 with a length, which is neither element nor padding.
    if (elementId === 15 || elementId === 0) return -1;
    const next = offset + (header & 0x0f) + 1;
    if (next > end) return -1;
    if (elementId === id) return offset;
    offset = next;
  }
  return -1;
}

function findTwoByte(packet: RtpPacketView, id: number): number {
  const end = packet.extensionOffset + packet.extensionLength;
  let offset = packet.extensionOffset;
  while (offset < end) {
    const elementId = packet.buffer.readUInt8(offset++);
    if (elementId === 0) continue; // padding
    if (offset >= end) return -1;
    const next = offset + 1 + packet.buffer.readUInt8(offset);
    if (next > end) return -1;
    if (elementId === id) return offset + 1;
    offset = next;
  }
  return -1;
}

/** Offset of an extension with at least `minLength` bytes of data, or -1. */
function findAtLeast(packet: RtpPacketView, id: number, minLength: number): number {
  const offset = findExtension(packet, id);
  return offset < 0 || extensionDataLength(packet, offset) < minLength ? -1 : offset;
}

/** The text of a mid, rid or repaired rid extension (ASCII), or undefined where it is absent or empty. */
export function readTextExtension(packet: RtpPacketView, id: number): string | undefined {
  const offset = findAtLeast(packet, id, 1);
  if (offset < 0) return undefined;
  return packet.buffer.toString('latin1', offset, offset + extensionDataLength(packet, offset));
}

/** Transport-wide sequence number (16 bits), or -1. */
export function readTransportCc(packet: RtpPacketView, id: number): number {
  const offset = findAtLeast(packet, id, 2);
  return offset < 0 ? -1 : packet.buffer.readUInt16BE(offset);
}

/** Send time as 24 bits, 6.18 fixed-point seconds, or -1. */
export function readAbsSendTime(packet: RtpPacketView, id: number): number {
  const offset = findAtLeast(packet, id, 3);
  return offset < 0 ? -1 : packet.buffer.readUIntBE(offset, 3);
}

/** Audio level as attenuation: 0 (loudest) to 127 (silence) in -dBov, or -1 where it is absent. */
export function readAudioLevel(packet: RtpPacketView, id: number): number {
  const offset = findAtLeast(packet, id, 1);
  return offset < 0 ? -1 : packet.buffer.readUInt8(offset) & 0x7f;
}

/** Whether the sender thinks that the packet holds speech; false where the extension is absent. */
export function readVoiceActivity(packet: RtpPacketView, id: number): boolean {
  const offset = findAtLeast(packet, id, 1);
  return offset >= 0 && (packet.buffer.readUInt8(offset) & 0x80) !== 0;
}

/** The byte 0000CFRR: camera facing, flip, rotation in quarter turns; or -1. */
export function readVideoOrientation(packet: RtpPacketView, id: number): number {
  const offset = findAtLeast(packet, id, 1);
  return offset < 0 ? -1 : packet.buffer.readUInt8(offset);
}

/** `nowUs` as an abs-send-time value: 24 bits, 6.18 fixed-point seconds, wrapping every 64 s. */
export function absSendTime(nowUs: number): number {
  return Math.floor(((nowUs % 64e6) * 2 ** 18) / 1e6) & 0xffffff;
}
