/** Fixed RTP header without CSRCs and extension, in bytes (RFC 3550, section 5.1). */
export const rtpHeaderLength = 12;

/** Byte offsets in the fixed header, for munging in place. */
export const sequenceNumberOffset = 2;
export const timestampOffset = 4;
export const ssrcOffset = 8;

const version = 2;
const noBuffer = Buffer.alloc(0);

/**
 * The header of one RTP packet, decoded in place. One view is made at the start and reused for every packet: `parse`
 * overwrites all fields and allocates nothing. It refers to the caller's buffer, so it is stale once those bytes change.
 */
export class RtpPacketView {
  buffer: Buffer = noBuffer;
  /** Bytes of the packet; `buffer` may be longer. */
  length = 0;
  marker = false;
  payloadType = 0;
  sequenceNumber = 0;
  timestamp = 0;
  ssrc = 0;
  csrcCount = 0;
  /** Fixed header, CSRCs and extension together; the payload starts here. */
  headerLength = 0;
  /** The "defined by profile" field, which tells the form of the extension block; 0 where there is no block. */
  extensionProfile = 0;
  /** Start of the extension elements, behind profile and length. */
  extensionOffset = 0;
  extensionLength = 0;
  payloadOffset = 0;
  /** Without padding. */
  payloadLength = 0;
  paddingLength = 0;

  /**
   * Reads the header of the packet in the first `length` bytes of `buffer`. Returns false where it is not a well-formed
   * RTP packet; the fields mean nothing then. Never throws.
   */
  parse(buffer: Buffer, length = buffer.length): boolean {
    if (length < rtpHeaderLength || length > buffer.length) return false;
    const first = buffer.readUInt8(0);
    if (first >> 6 !== version) return false;
    const second = buffer.readUInt8(1);

    this.buffer = buffer;
    this.length = length;
    this.marker = (second & 0x80) !== 0;
    this.payloadType = second & 0x7f;
    this.sequenceNumber = buffer.readUInt16BE(sequenceNumberOffset);
    this.timestamp = buffer.readUInt32BE(timestampOffset);
    this.ssrc = buffer.readUInt32BE(ssrcOffset);
    this.csrcCount = first & 0x0f;
    this.headerLength = rtpHeaderLength + 4 * this.csrcCount;
    if (!this.#parseExtensionHeader((first & 0x10) !== 0) || !this.#parsePadding((first & 0x20) !== 0)) return false;

    this.payloadOffset = this.headerLength;
    this.payloadLength = length - this.headerLength - this.paddingLength;
    return true;
  }

  #parseExtensionHeader(present: boolean): boolean {
    this.extensionProfile = 0;
    this.extensionOffset = 0;
    this.extensionLength = 0;
    if (present) {
      if (this.headerLength + 4 > this.length) return false;
      this.extensionProfile = this.buffer.readUInt16BE(this.headerLength);
      this.extensionOffset = this.headerLength + 4;
      // Counted in 32-bit words, without these four bytes (RFC 3550, section 5.3.1).
      this.extensionLength = 4 * this.buffer.readUInt16BE(this.headerLength + 2);
      this.headerLength = this.extensionOffset + this.extensionLength;
    }
    return this.headerLength <= this.length;
  }

  #parsePadding(present: boolean): boolean {
    this.paddingLength = 0;
    if (!present) return true;
    if (this.headerLength === this.length) return false;
    // The last byte counts the padding, itself included, so 0 is not a count.
    this.paddingLength = this.buffer.readUInt8(this.length - 1);
    return this.paddingLength > 0 && this.headerLength + this.paddingLength <= this.length;
  }
}

/**
 * Tells RTCP from RTP on a shared port by the second byte (RFC 5761, section 4): RTCP packet types 192 to 223 are where
 * the marker bit with payload types 64 to 95 would be, which RTP must not use there.
 */
export function isRtcp(packet: Buffer): boolean {
  if (packet.length < 2) return false;
  const packetType = packet.readUInt8(1);
  return packetType >= 192 && packetType <= 223;
}
