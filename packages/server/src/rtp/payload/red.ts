/** Header of a block that is not the last: F, payload type, timestamp offset, length (RFC 2198, section 3). */
const redundantHeaderLength = 4;
const primaryHeaderLength = 1;
/** Chromium repeats one frame, at most 9 where it is told to; what has more is malformed. */
const maxRedundant = 15;

/** Where the blocks of a RED payload are. Reused, as `PayloadInfo` is; offsets count from the start of the payload. */
export class RedInfo {
  /** Blocks that repeat earlier frames; their headers begin at multiples of four. */
  redundantCount = 0;
  /** The frame of this packet itself, which comes last. */
  primaryOffset = 0;
}

/**
 * Reads the block headers of a RED payload (RFC 2198). Returns false where it is malformed, has no frame of its own, or
 * has blocks of another payload type. Allocates nothing and never throws.
 * @param payloadType of all blocks; -1 for any
 */
export function inspectRed(buffer: Buffer, offset: number, length: number, payloadType: number, out: RedInfo): boolean {
  let count = 0;
  let redundantBytes = 0;
  for (let at = 0; ; at += redundantHeaderLength) {
    if (at >= length) return false;
    const first = buffer.readUInt8(offset + at);
    if (payloadType >= 0 && (first & 0x7f) !== payloadType) return false;
    if ((first & 0x80) === 0) break;
    if (at + redundantHeaderLength > length || count === maxRedundant) return false;
    redundantBytes += buffer.readUInt16BE(offset + at + 2) & 0x3ff;
    count += 1;
  }
  out.redundantCount = count;
  out.primaryOffset = count * redundantHeaderLength + primaryHeaderLength + redundantBytes;
  return out.primaryOffset < length;
}

/** Overwrites the payload types in the block headers of a RED payload at byte `offset` of `buffer`. */
export function writeRedPayloadType(buffer: Buffer, offset: number, redundantCount: number, payloadType: number): void {
  for (let block = 0; block < redundantCount; block += 1) {
    buffer[offset + block * redundantHeaderLength] = 0x80 | payloadType;
  }
  buffer[offset + redundantCount * redundantHeaderLength] = payloadType;
}
