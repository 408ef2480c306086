import type { PayloadInfo } from './payload-info.ts';
import { readPictureId } from './picture-id.ts';

/** Bytes of an uncompressed keyframe header up to the height (RFC 6386, section 9.1): tag, start code, two sizes. */
const keyframeHeaderLength = 10;
const startCode = 0x9d012a;

/** Fills `out` (already reset) from a VP8 payload (RFC 7741). Returns false where the descriptor is cut off. */
export function inspectVp8(buffer: Buffer, offset: number, length: number, out: PayloadInfo): boolean {
  const end = offset + length;
  if (length < 1) return false;
  const first = buffer.readUInt8(offset);
  out.discardable = (first & 0x20) !== 0; // N
  const startsPartition = (first & 0x10) !== 0; // S
  const partition = first & 0x07; // PID
  const frameAt = (first & 0x80) === 0 ? offset + 1 : readExtendedDescriptor(buffer, offset, end, out); // X
  // A descriptor without a byte of frame behind it is malformed.
  if (frameAt < 0 || frameAt >= end) return false;

  out.frameStart = startsPartition && partition === 0;
  // The inverse keyframe flag P is the lowest bit of the frame tag.
  out.keyframeStart = out.frameStart && (buffer.readUInt8(frameAt) & 0x01) === 0;
  if (out.keyframeStart) readResolution(buffer, frameAt, end, out);
  return true;
}

/** Section 4.2, from the second byte on. Returns the offset behind the descriptor, or -1 where it is cut off. */
function readExtendedDescriptor(buffer: Buffer, offset: number, end: number, out: PayloadInfo): number {
  let at = offset + 1;
  if (at >= end) return -1;
  const present = buffer.readUInt8(at++);
  if ((present & 0x80) !== 0) {
    at = readPictureId(buffer, at, end, offset, out); // I
    if (at < 0) return -1;
  }
  if ((present & 0x40) !== 0) {
    if (at >= end) return -1; // L
    out.tl0PictureIndex = buffer.readUInt8(at);
    out.tl0PictureIndexOffset = at - offset;
    at++;
  }
  if ((present & 0x30) === 0) return at;
  // T and K share one byte: TID, Y, KEYIDX.
  if (at >= end) return -1;
  const layer = buffer.readUInt8(at++);
  if ((present & 0x20) !== 0) {
    out.temporalLayer = layer >> 6;
    out.layerSync = (layer & 0x20) !== 0;
  }
  if ((present & 0x10) !== 0) out.keyIndex = layer & 0x1f;
  return at;
}

/** Width and height are 14 bits each, little endian, below two bits of upscaling that only the renderer minds. */
function readResolution(buffer: Buffer, at: number, end: number, out: PayloadInfo): void {
  if (at + keyframeHeaderLength > end || buffer.readUIntBE(at + 3, 3) !== startCode) return;
  out.width = buffer.readUInt16LE(at + 6) & 0x3fff;
  out.height = buffer.readUInt16LE(at + 8) & 0x3fff;
}
