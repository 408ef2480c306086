/** RTCP packet types (RFC 3550, section 12.1; RFC 4585, section 6.1; RFC 3611, section 6.1). */
export const rtcpType = {
  senderReport: 200,
  receiverReport: 201,
  sourceDescription: 202,
  bye: 203,
  transportFeedback: 205,
  payloadFeedback: 206,
  extendedReport: 207,
} as const;

/** FMT of transport layer feedback (205): RFC 4585, section 6.2.1, and the transport-wide cc draft. */
export const transportFeedbackFormat = { nack: 1, transportCc: 15 } as const;

/** FMT of payload-specific feedback (206): RFC 4585, sections 6.3.1 and 6.4; RFC 5104, section 4.3.1. */
export const payloadFeedbackFormat = { pli: 1, fir: 4, application: 15 } as const;

/** The header that every RTCP packet begins with, in bytes. */
export const rtcpHeaderLength = 4;
/** Header, sender SSRC and media SSRC of a feedback packet (RFC 4585, section 6.1). */
export const feedbackHeaderLength = 12;

const version = 2;
const noBuffer = Buffer.alloc(0);

/**
 * Walks the packets of a compound (RFC 3550, section 6.1) or reduced-size (RFC 5506) RTCP datagram:
 * `cursor.open(datagram); while (cursor.next()) switch (cursor.packetType) ...`. Made once and reused; never throws.
 * The parsers of single packets take the cursor where it stands.
 */
export class RtcpCursor {
  buffer: Buffer = noBuffer;
  packetType = 0;
  /** The five bits behind the padding bit: a count of reports or sources, or the feedback message type (FMT). */
  format = 0;
  /** Where the present packet begins in `buffer`. */
  start = 0;
  /** Where its content ends, padding left out. */
  end = 0;
  /** The rest of the datagram is not RTCP; what came before it was. */
  malformed = false;
  #next = 0;

  open(buffer: Buffer): void {
    this.buffer = buffer;
    this.malformed = false;
    this.#next = 0;
  }

  /** Steps to the next packet; false at the end and where the rest is malformed. */
  next(): boolean {
    const { buffer } = this;
    const start = this.#next;
    if (this.malformed || start === buffer.length) return false;
    this.malformed = true;
    if (start + rtcpHeaderLength > buffer.length) return false;
    const first = buffer.readUInt8(start);
    // The length field counts 32-bit words minus one.
    const next = start + 4 * (buffer.readUInt16BE(start + 2) + 1);
    if (first >> 6 !== version || next > buffer.length) return false;
    const hasPadding = (first & 0x20) !== 0;
    const padding = hasPadding ? buffer.readUInt8(next - 1) : 0;
    if (hasPadding && (padding === 0 || start + rtcpHeaderLength + padding > next)) return false;

    this.malformed = false;
    this.packetType = buffer.readUInt8(start + 1);
    this.format = first & 0x1f;
    this.start = start;
    this.end = next - padding;
    this.#next = next;
    return true;
  }
}

/** Writes the header of a packet of `length` bytes (a multiple of 4, without padding). */
export function writeRtcpHeader(buffer: Buffer, offset: number, packetType: number, format: number, length: number) {
  buffer.writeUInt8((version << 6) | format, offset);
  buffer.writeUInt8(packetType, offset + 1);
  buffer.writeUInt16BE(length / 4 - 1, offset + 2);
}

/** Writes what every feedback packet begins with. */
export function writeFeedbackHeader(
  buffer: Buffer,
  offset: number,
  packetType: number,
  format: number,
  length: number,
  senderSsrc: number,
  mediaSsrc: number,
): void {
  writeRtcpHeader(buffer, offset, packetType, format, length);
  buffer.writeUInt32BE(senderSsrc, offset + 4);
  buffer.writeUInt32BE(mediaSsrc, offset + 8);
}
