import { type RtcpCursor, rtcpHeaderLength, rtcpType, writeRtcpHeader } from './cursor.ts';

/** A sender's answer to a receiver reference time report (RFC 3611, section 4.5). */
export interface ReceiverTime {
  /** The receiver that is answered. */
  readonly ssrc: number;
  /** LRR: compact NTP time of its last reference time report, 0 where there was none. */
  readonly lastReceiverTime: number;
  /** DLRR: time since that report arrived, in 1/65536 s. */
  readonly delaySinceLastReceiverTime: number;
}

/** Block types (RFC 3611, sections 4.4 and 4.5). */
const receiverReferenceTime = 4;
const delaySinceLastReceiver = 5;

const blockHeaderLength = 4;
const subBlockLength = 12;
const referenceTimeLength = rtcpHeaderLength + 4 + blockHeaderLength + 8;

/**
 * Writes a receiver reference time report (20 bytes): a sender that knows of it answers with the time it kept it, and so
 * a receiver that sends no media learns the round trip (RFC 3611, section 4.4). Returns its length.
 */
export function writeReceiverReferenceTime(
  buffer: Buffer,
  offset: number,
  ssrc: number,
  ntpSeconds: number,
  ntpFraction: number,
): number {
  writeRtcpHeader(buffer, offset, rtcpType.extendedReport, 0, referenceTimeLength);
  buffer.writeUInt32BE(ssrc, offset + 4);
  buffer.writeUInt8(receiverReferenceTime, offset + 8);
  buffer.writeUInt8(0, offset + 9);
  // In 32-bit words without the block's header.
  buffer.writeUInt16BE(2, offset + 10);
  buffer.writeUInt32BE(ntpSeconds, offset + 12);
  buffer.writeUInt32BE(ntpFraction, offset + 16);
  return referenceTimeLength;
}

/** The answers to reference time reports (DLRR blocks). Returns undefined where a block is longer than the packet. */
export function parseReceiverTimes(cursor: RtcpCursor): ReceiverTime[] | undefined {
  const { buffer, start, end } = cursor;
  const found: ReceiverTime[] = [];
  let at = start + rtcpHeaderLength + 4;
  if (at > end) return undefined;
  while (at + blockHeaderLength <= end) {
    const blockEnd = at + blockHeaderLength + 4 * buffer.readUInt16BE(at + 2);
    if (blockEnd > end) return undefined;
    if (buffer.readUInt8(at) === delaySinceLastReceiver) readSubBlocks(buffer, at + blockHeaderLength, blockEnd, found);
    at = blockEnd;
  }
  return found;
}

function readSubBlocks(buffer: Buffer, start: number, end: number, found: ReceiverTime[]): void {
  for (let at = start; at + subBlockLength <= end; at += subBlockLength) {
    found.push({
      ssrc: buffer.readUInt32BE(at),
      lastReceiverTime: buffer.readUInt32BE(at + 4),
      delaySinceLastReceiverTime: buffer.readUInt32BE(at + 8),
    });
  }
}
