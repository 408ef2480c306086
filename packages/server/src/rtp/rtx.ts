import { absSendTime, oneByteProfile } from './extensions.ts';
import { type RtpPacketView, sequenceNumberOffset, ssrcOffset } from './packet.ts';

/** The original sequence number in front of an RTX payload, in bytes (RFC 4588, section 4). */
export const rtxOverhead = 2;

/**
 * Restores the packet that an RTX packet repeats, without padding, into `out` (at least `rtx.length - 2` bytes; not the
 * buffer of `rtx`). `ssrc` and `payloadType` are those of the original stream.
 * @returns bytes written, or -1 where there is no original in it: a padding probe
 */
export function unwrapRtx(rtx: RtpPacketView, ssrc: number, payloadType: number, out: Buffer): number {
  if (rtx.payloadLength < rtxOverhead) return -1;
  const start = rtx.payloadOffset + rtxOverhead;
  const end = rtx.payloadOffset + rtx.payloadLength;
  const originalSequenceNumber = rtx.buffer.readUInt16BE(rtx.payloadOffset);
  copyHeader(rtx, ssrc, payloadType, originalSequenceNumber, out);
  return rtx.headerLength + rtx.buffer.copy(out, rtx.headerLength, start, end);
}

/**
 * Writes `packet` as an RTX packet into `out` (at least `packet.length + 2` bytes; not the buffer of `packet`). Header
 * extensions are repeated as they are, padding is left out. `ssrc`, `payloadType` and `sequenceNumber` are those of the
 * RTX stream.
 * @returns bytes written
 */
export function wrapRtx(
  packet: RtpPacketView,
  ssrc: number,
  payloadType: number,
  sequenceNumber: number,
  out: Buffer,
): number {
  copyHeader(packet, ssrc, payloadType, sequenceNumber, out);
  out.writeUInt16BE(packet.sequenceNumber, packet.headerLength);
  const start = packet.payloadOffset;
  const payloadAt = packet.headerLength + rtxOverhead;
  return payloadAt + packet.buffer.copy(out, payloadAt, start, start + packet.payloadLength);
}

/** The stream of a padding packet and what it carries, ids as negotiated (0: not). */
export interface RtxPadding {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly transportCcId: number;
  readonly transportSequence: number;
  readonly absSendTimeId: number;
}

/** Of a packet of padding: as much as its last byte can count, in whole words. */
const paddingLength = 252;
const paddingHeaderLength = 24;
export const paddingPacketLength = paddingHeaderLength + paddingLength;

/**
 * Writes a packet of the RTX stream that repeats nothing and is padding alone (RFC 3550, section 5.1): receivers pass it
 * over, and their feedback counts it.
 * @returns bytes written, `paddingPacketLength`
 */
export function writeRtxPadding(padding: RtxPadding, nowUs: number, out: Buffer): number {
  out.fill(0, 0, paddingPacketLength);
  out.writeUInt8(0xb0, 0); // version 2, padding, extension
  out.writeUInt8(padding.payloadType, 1);
  out.writeUInt16BE(padding.sequenceNumber, sequenceNumberOffset);
  out.writeUInt32BE(padding.timestamp >>> 0, 4);
  out.writeUInt32BE(padding.ssrc, ssrcOffset);
  out.writeUInt16BE(oneByteProfile, 12);
  out.writeUInt16BE(2, 14);
  if (padding.transportCcId !== 0) {
    out.writeUInt8((padding.transportCcId << 4) | 1, 16);
    out.writeUInt16BE(padding.transportSequence, 17);
  }
  if (padding.absSendTimeId !== 0) {
    out.writeUInt8((padding.absSendTimeId << 4) | 2, 19);
    out.writeUIntBE(absSendTime(nowUs), 20, 3);
  }
  out.writeUInt8(paddingLength, paddingPacketLength - 1);
  return paddingPacketLength;
}

function copyHeader(packet: RtpPacketView, ssrc: number, payloadType: number, sequenceNumber: number, out: Buffer) {
  packet.buffer.copy(out, 0, 0, packet.headerLength);
  out.writeUInt8(out.readUInt8(0) & ~0x20, 0); // no padding
  out.writeUInt8((packet.marker ? 0x80 : 0) | payloadType, 1);
  out.writeUInt16BE(sequenceNumber, sequenceNumberOffset);
  out.writeUInt32BE(ssrc, ssrcOffset);
}
