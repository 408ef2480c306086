import { readSpsResolution } from './h264-sps.ts';
import type { PayloadInfo } from './payload-info.ts';

/** NAL unit types (ITU-T H.264, table 7-1) and the packet types beside them (RFC 6184, table 1). */
const nalSlice = 1;
const nalIdrSlice = 5;
const nalSei = 6;
const nalSps = 7;
const nalPps = 8;
const nalAccessUnitDelimiter = 9;
const lastSingleNal = 23;
const stapA = 24;
const fuA = 28;

/**
 * Fills `out` (already reset) from an H264 payload in packetization mode 0 or 1 (RFC 6184): a single NAL unit, STAP-A
 * or FU-A. Returns false for anything else and where lengths do not fit.
 */
export function inspectH264(buffer: Buffer, offset: number, length: number, out: PayloadInfo): boolean {
  if (length < 1) return false;
  const header = buffer.readUInt8(offset);
  const type = header & 0x1f;
  const end = offset + length;
  // NRI, which in a STAP-A is the highest of its NAL units (section 5.7.1).
  const isUnreferenced = (header & 0x60) === 0;
  if (type >= 1 && type <= lastSingleNal) {
    out.discardable = isUnreferenced && type === nalSlice;
    inspectNal(buffer, type, offset + 1, end, out);
    return true;
  }
  if (type === stapA) return inspectStapA(buffer, offset + 1, end, isUnreferenced, out);
  if (type !== fuA || length < 3) return false;
  const fuHeader = buffer.readUInt8(offset + 1);
  const fragmentedType = fuHeader & 0x1f;
  const isFirstFragment = (fuHeader & 0x80) !== 0;
  out.discardable = isUnreferenced && fragmentedType === nalSlice;
  if (isFirstFragment) inspectNal(buffer, fragmentedType, offset + 2, end, out);
  return true;
}

/** NAL units one after another, each behind its length in 16 bits. */
function inspectStapA(buffer: Buffer, start: number, end: number, isUnreferenced: boolean, out: PayloadInfo): boolean {
  if (start >= end) return false;
  let at = start;
  while (at < end) {
    if (at + 3 > end) return false;
    const size = buffer.readUInt16BE(at);
    at += 2;
    if (size === 0 || at + size > end) return false;
    const type = buffer.readUInt8(at) & 0x1f;
    if (type === nalSlice) out.discardable = isUnreferenced;
    inspectNal(buffer, type, at + 1, at + size, out);
    at += size;
  }
  return true;
}

/** `at` is behind the NAL unit's header. */
function inspectNal(buffer: Buffer, type: number, at: number, end: number, out: PayloadInfo): void {
  switch (type) {
    case nalSlice:
    case nalIdrSlice:
      // A slice begins with first_mb_in_slice as ue(v): a leading 1 bit is 0, the first slice of the picture.
      if (at < end && (buffer.readUInt8(at) & 0x80) !== 0) {
        out.frameStart = true;
        if (type === nalIdrSlice) out.keyframeStart = true;
        out.bidirectional = isBSlice(buffer.readUInt8(at));
      }
      break;
    case nalSps:
      out.frameStart = true;
      out.keyframeStart = true;
      out.parameterSets = true;
      readSpsResolution(buffer, at, end, out);
      break;
    case nalPps:
    case nalSei:
    case nalAccessUnitDelimiter:
      out.frameStart = true;
  }
}

/**
 * Whether the first byte of a slice header (section 7.3.3) tells of a B slice: behind the 1 bit of first_mb_in_slice
 * stands slice_type as ue(v), 010 for 1 or 00111 for 6 (table 7-6).
 */
function isBSlice(firstByte: number): boolean {
  return (firstByte & 0x70) === 0x20 || (firstByte & 0x7c) === 0x1c;
}
