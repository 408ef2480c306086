import type { PayloadInfo } from './payload-info.ts';

/**
 * The picture id field that VP8 (RFC 7741, section 4.2) and VP9 (RFC 9628, section 4.2) share: 7 bits in one byte, or
 * 15 bits in two with the top bit set.
 */

/** Reads the field at `at` into `out`; returns the offset behind it, or -1 where it is cut off at `end`. */
export function readPictureId(buffer: Buffer, at: number, end: number, payloadStart: number, out: PayloadInfo): number {
  if (at >= end) return -1;
  const first = buffer.readUInt8(at);
  const isLong = (first & 0x80) !== 0;
  if (isLong && at + 2 > end) return -1;
  out.pictureId = isLong ? buffer.readUInt16BE(at) & 0x7fff : first;
  out.pictureIdBits = isLong ? 15 : 7;
  out.pictureIdOffset = at - payloadStart;
  return at + (isLong ? 2 : 1);
}

/** Overwrites the field at byte `at` of `buffer`, in the width it has there; excess high bits of the id are cut. */
export function writePictureId(buffer: Buffer, at: number, bits: 7 | 15, pictureId: number): void {
  if (bits === 15) buffer.writeUInt16BE(0x8000 | (pictureId & 0x7fff), at);
  else buffer.writeUInt8(pictureId & 0x7f, at);
}

/** Overwrites the TL0PICIDX byte at byte `at` of `buffer`; excess high bits are cut. */
export function writeTl0PictureIndex(buffer: Buffer, at: number, index: number): void {
  buffer.writeUInt8(index & 0xff, at);
}
