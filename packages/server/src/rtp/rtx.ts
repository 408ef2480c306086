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

function copyHeader(packet: RtpPacketView, ssrc: number, payloadType: number, sequenceNumber: number, out: Buffer) {
  packet.buffer.copy(out, 0, 0, packet.headerLength);
  out.writeUInt8(out.readUInt8(0) & ~0x20, 0); // no padding
  out.writeUInt8((packet.marker ? 0x80 : 0) | payloadType, 1);
  out.writeUInt16BE(sequenceNumber, sequenceNumberOffset);
  out.writeUInt32BE(ssrc, ssrcOffset);
}
