import type { PayloadInfo } from './payload-info.ts';

/** OBU types (AV1 specification, section 6.2.2) that can stand at the start of a frame. */
const obuSequenceHeader = 1;
const obuTemporalDelimiter = 2;
const obuFrameHeader = 3;
const obuMetadata = 5;
const obuFrame = 6;

/**
 * Fills `out` (already reset) from an AV1 payload ("RTP Payload Format For AV1", v1.0, section 4.4): aggregation header
 * Z, Y, W, N, then OBU elements. Only the first OBU is looked at. Returns false where the payload is cut off.
 *
 * It tells no layers: an OBU names its own, but the packets that go on with it do not, so nothing could be dropped by
 * them. The dependency descriptor tells them of each packet.
 */
export function inspectAv1(buffer: Buffer, offset: number, length: number, out: PayloadInfo): boolean {
  if (length < 2) return false;
  const end = offset + length;
  const aggregation = buffer.readUInt8(offset);
  const continuesObu = (aggregation & 0x80) !== 0; // Z
  const elementCount = (aggregation >> 4) & 0x03; // W
  const startsCodedVideoSequence = (aggregation & 0x08) !== 0; // N
  // Z with N would be a new sequence in the middle of an OBU.
  if (continuesObu && startsCodedVideoSequence) return false;

  // Every element has its length in front, except the last one where W counts them.
  const obuAt = elementCount === 1 ? offset + 1 : skipElementLength(buffer, offset + 1, end);
  if (obuAt < 0) return false;
  if (continuesObu) return true;

  const type = (buffer.readUInt8(obuAt) >> 3) & 0x0f;
  out.frameStart = startsFrame(type);
  // Senders should leave the temporal delimiter out (section 5), but some send it in front of the sequence header.
  out.keyframeStart = startsCodedVideoSequence && (type === obuSequenceHeader || type === obuTemporalDelimiter);
  return true;
}

function startsFrame(type: number): boolean {
  return (
    type === obuSequenceHeader ||
    type === obuTemporalDelimiter ||
    type === obuFrameHeader ||
    type === obuMetadata ||
    type === obuFrame
  );
}

/**
 * Returns the offset behind a leb128 number (AV1 specification, section 4.10.5), or -1 where the number or the element
 * it measures does not fit. More than four bytes would be a length no packet has.
 */
function skipElementLength(buffer: Buffer, start: number, end: number): number {
  let elementLength = 0;
  for (let i = 0; i < 4 && start + i < end; i++) {
    const byte = buffer.readUInt8(start + i);
    elementLength |= (byte & 0x7f) << (7 * i);
    if ((byte & 0x80) !== 0) continue;
    const after = start + i + 1;
    return elementLength > 0 && after + elementLength <= end ? after : -1;
  }
  return -1;
}
