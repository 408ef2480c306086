import type { PayloadInfo } from './payload-info.ts';
import { readPictureId } from './picture-id.ts';

/** Most reference indices a packet may list in flexible mode (RFC 9628, section 4.2). */
const maxReferences = 3;

/** Fills `out` (already reset) from a VP9 payload (RFC 9628). Returns false where the descriptor is cut off. */
export function inspectVp9(buffer: Buffer, offset: number, length: number, out: PayloadInfo): boolean {
  if (length < 1) return false;
  const end = offset + length;
  const flags = buffer.readUInt8(offset); // I P L F B E V Z
  out.interPicturePredicted = (flags & 0x40) !== 0;
  const flexibleMode = (flags & 0x10) !== 0;
  out.frameStart = (flags & 0x08) !== 0;
  out.frameEnd = (flags & 0x04) !== 0;
  out.upperLayersIndependent = (flags & 0x01) !== 0;

  let at = offset + 1;
  if ((flags & 0x80) !== 0) at = readPictureId(buffer, at, end, offset, out);
  if (at >= 0 && (flags & 0x20) !== 0) at = readLayerIndices(buffer, offset, at, end, flexibleMode, out);
  if (at >= 0 && flexibleMode && out.interPicturePredicted) at = skipReferences(buffer, at, end);
  if (at >= 0 && (flags & 0x02) !== 0) at = readScalabilityStructure(buffer, at, end, out);
  // A descriptor without a byte of frame behind it is malformed.
  if (at < 0 || at >= end) return false;

  if (out.frameStart) out.profile = readProfile(buffer.readUInt8(at));
  // Upper spatial layers of a key picture are not inter-picture predicted either, but need the layer below.
  out.keyframeStart = out.frameStart && !out.interPicturePredicted && out.spatialLayer === 0;
  return true;
}

/** The uncompressed header begins with frame_marker (2 bits), profile_low_bit and profile_high_bit (VP9, section 6.2). */
function readProfile(firstByte: number): number {
  return ((firstByte >> 5) & 0x01) | ((firstByte >> 3) & 0x02);
}

/** TID, U, SID, D, and TL0PICIDX in non-flexible mode. */
function readLayerIndices(
  buffer: Buffer,
  offset: number,
  start: number,
  end: number,
  flexibleMode: boolean,
  out: PayloadInfo,
): number {
  const after = start + (flexibleMode ? 1 : 2);
  if (after > end) return -1;
  const layers = buffer.readUInt8(start);
  out.temporalLayer = layers >> 5;
  out.switchingUpPoint = (layers & 0x10) !== 0;
  out.spatialLayer = (layers >> 1) & 0x07;
  out.interLayerPredicted = (layers & 0x01) !== 0;
  if (!flexibleMode) {
    out.tl0PictureIndex = buffer.readUInt8(start + 1);
    out.tl0PictureIndexOffset = start + 1 - offset;
  }
  return after;
}

/** P_DIFF bytes: the lowest bit N says that another follows. */
function skipReferences(buffer: Buffer, start: number, end: number): number {
  let at = start;
  for (let count = 0; count < maxReferences; count++) {
    if (at >= end) return -1;
    const more = (buffer.readUInt8(at++) & 0x01) !== 0;
    if (!more) return at;
  }
  return -1;
}

/** Takes the resolution of the highest spatial layer and skips the description of the picture group. */
function readScalabilityStructure(buffer: Buffer, start: number, end: number, out: PayloadInfo): number {
  if (start >= end) return -1;
  const header = buffer.readUInt8(start); // N_S (3), Y, G, reserved (3)
  const layerCount = (header >> 5) + 1;
  let at = start + 1;
  if ((header & 0x10) !== 0) {
    at += 4 * layerCount;
    if (at > end) return -1;
    out.width = buffer.readUInt16BE(at - 4);
    out.height = buffer.readUInt16BE(at - 2);
  }
  return (header & 0x08) === 0 ? at : skipPictureGroup(buffer, at, end);
}

function skipPictureGroup(buffer: Buffer, start: number, end: number): number {
  if (start >= end) return -1;
  let at = start + 1;
  for (let pictures = buffer.readUInt8(start); pictures > 0; pictures--) {
    if (at >= end) return -1;
    const references = (buffer.readUInt8(at) >> 2) & 0x03; // T (3), U, R (2), reserved (2)
    at += 1 + references;
  }
  return at;
}
