import fc from 'fast-check';

/** RTP packets and hostile bytes for tests. */

export interface RtpPacketParts {
  marker?: boolean;
  payloadType?: number;
  sequenceNumber?: number;
  timestamp?: number;
  ssrc?: number;
  csrcs?: readonly number[];
  /** The extension block: its profile, and elements that are padded to 32 bits here. */
  extension?: { profile: number; elements: readonly number[] };
  payload?: Uint8Array;
  paddingLength?: number;
}

/** Builds a packet byte by byte, independently of the code under test. */
export function rtpPacket(parts: RtpPacketParts = {}): Buffer {
  const { csrcs = [], extension, paddingLength = 0 } = parts;
  const fixed = Buffer.alloc(12);
  fixed[0] = 0x80 | (paddingLength > 0 ? 0x20 : 0) | (extension ? 0x10 : 0) | csrcs.length;
  fixed[1] = (parts.marker ? 0x80 : 0) | (parts.payloadType ?? 96);
  fixed.writeUInt16BE(parts.sequenceNumber ?? 0, 2);
  fixed.writeUInt32BE(parts.timestamp ?? 0, 4);
  fixed.writeUInt32BE(parts.ssrc ?? 0, 8);
  const csrcList = Buffer.alloc(4 * csrcs.length);
  for (const [i, csrc] of csrcs.entries()) csrcList.writeUInt32BE(csrc, 4 * i);
  const padding = Buffer.alloc(paddingLength);
  if (paddingLength > 0) padding[paddingLength - 1] = paddingLength;
  return Buffer.concat([fixed, csrcList, extensionBlock(extension), parts.payload ?? Buffer.alloc(0), padding]);
}

function extensionBlock(extension: RtpPacketParts['extension']): Buffer {
  if (!extension) return Buffer.alloc(0);
  const words = Math.ceil(extension.elements.length / 4);
  const block = Buffer.alloc(4 + 4 * words);
  block.writeUInt16BE(extension.profile, 0);
  block.writeUInt16BE(words, 2);
  block.set(extension.elements, 4);
  return block;
}

/** Random bytes, and valid packets with bytes changed and the end cut off: what a hostile peer could send. */
export function hostileBytes(valid: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const random = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes));
  const edits = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 });
  const mutated = fc.tuple(fc.constantFrom(...valid), edits, fc.nat()).map(([packet, changes, cut]) => {
    const bytes = Buffer.from(packet);
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    // Half of the cases keep their length.
    return cut % 2 === 0 ? bytes : bytes.subarray(0, cut % (bytes.length + 1));
  });
  return fc.oneof(random, mutated);
}
