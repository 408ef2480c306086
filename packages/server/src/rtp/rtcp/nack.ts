import { seqDiff } from '../sequence.ts';
import {
  feedbackHeaderLength,
  type RtcpCursor,
  rtcpType,
  transportFeedbackFormat,
  writeFeedbackHeader,
} from './cursor.ts';

export interface Nack {
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
  /** Those asked for again, in the order of the packet. */
  readonly sequenceNumbers: readonly number[];
}

/** Sequence numbers that one entry covers: its PID and 16 bits of BLP (RFC 4585, section 6.2.1). */
const entrySpan = 17;
const entryLength = 4;

/** Returns undefined where there is no entry. */
export function parseNack(cursor: RtcpCursor): Nack | undefined {
  const { buffer, start, end } = cursor;
  const entriesAt = start + feedbackHeaderLength;
  if (entriesAt + entryLength > end) return undefined;
  const sequenceNumbers: number[] = [];
  for (let at = entriesAt; at + entryLength <= end; at += entryLength) {
    const packetId = buffer.readUInt16BE(at);
    sequenceNumbers.push(packetId);
    for (let bits = buffer.readUInt16BE(at + 2), i = 1; bits !== 0; bits >>= 1, i++) {
      if ((bits & 1) !== 0) sequenceNumbers.push((packetId + i) & 0xffff);
    }
  }
  return { senderSsrc: buffer.readUInt32BE(start + 4), mediaSsrc: buffer.readUInt32BE(start + 8), sequenceNumbers };
}

/**
 * Writes a NACK for `sequenceNumbers` (16 bits each, oldest first along their circle, at least one); returns its
 * length: 12 bytes and at most 4 a number.
 */
export function writeNack(
  buffer: Buffer,
  offset: number,
  senderSsrc: number,
  mediaSsrc: number,
  sequenceNumbers: readonly number[],
): number {
  let at = offset + feedbackHeaderLength - entryLength;
  let packetId = -1;
  let bits = 0;
  for (const sequenceNumber of sequenceNumbers) {
    const distance = packetId < 0 ? entrySpan : seqDiff(sequenceNumber, packetId);
    if (distance === 0) continue;
    if (distance > 0 && distance < entrySpan) {
      bits |= 1 << (distance - 1);
    } else {
      at += entryLength;
      packetId = sequenceNumber;
      bits = 0;
      buffer.writeUInt16BE(packetId, at);
    }
    buffer.writeUInt16BE(bits, at + 2);
  }
  const length = at + entryLength - offset;
  const { nack } = transportFeedbackFormat;
  writeFeedbackHeader(buffer, offset, rtcpType.transportFeedback, nack, length, senderSsrc, mediaSsrc);
  return length;
}
