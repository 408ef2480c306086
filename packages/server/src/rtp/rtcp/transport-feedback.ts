import { feedbackHeaderLength, type RtcpCursor } from './cursor.ts';

/** Arrival of packets by transport-wide sequence number (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1). */
export interface TransportFeedback {
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
  /** Running number of the feedback packets (8 bits): a gap is lost feedback. */
  readonly feedbackCount: number;
  /** Transport-wide sequence number of the first entry (16 bits). */
  readonly baseSequenceNumber: number;
  /**
   * One entry a packet, from the base on: microseconds on the receiver's clock, or `notReceived`. The clock wraps every
   * `receiverClockWrapUs`. Steps of 250 us.
   */
  readonly arrivalTimesUs: readonly number[];
}

export const notReceived = -1;

/** Packet status symbols (section 3.1.1). */
export const packetStatus = { notReceived: 0, smallDelta: 1, largeDelta: 2 } as const;

export const deltaTickUs = 250;
/** The reference time is in multiples of 64 ms, 24 bits. */
export const referenceTickUs = 64_000;
export const receiverClockWrapUs = 2 ** 24 * referenceTickUs;

/** Base sequence number, status count, reference time and feedback count behind the feedback header. */
export const transportFeedbackHeaderLength = feedbackHeaderLength + 8;

/** Returns undefined where chunks or deltas are cut off or use the reserved status. */
export function parseTransportFeedback(cursor: RtcpCursor): TransportFeedback | undefined {
  const { buffer, start } = cursor;
  const chunksAt = start + transportFeedbackHeaderLength;
  if (chunksAt > cursor.end) return undefined;
  const statusCount = buffer.readUInt16BE(start + 14);
  const statuses: number[] = [];
  const deltasAt = parseChunks(cursor, chunksAt, statusCount, statuses);
  if (deltasAt < 0) return undefined;
  // One wrap ahead, so that deltas below the reference time cannot make a time negative.
  const referenceUs = buffer.readUIntBE(start + 16, 3) * referenceTickUs + receiverClockWrapUs;
  const arrivalTimesUs = parseDeltas(cursor, deltasAt, referenceUs, statuses);
  if (arrivalTimesUs === undefined) return undefined;
  return {
    senderSsrc: buffer.readUInt32BE(start + 4),
    mediaSsrc: buffer.readUInt32BE(start + 8),
    feedbackCount: buffer.readUInt8(start + 19),
    baseSequenceNumber: buffer.readUInt16BE(start + 12),
    arrivalTimesUs,
  };
}

/** Appends `count` statuses; returns the offset behind the chunks, or -1 where they are cut off. */
function parseChunks(cursor: RtcpCursor, start: number, count: number, statuses: number[]): number {
  let at = start;
  while (statuses.length < count) {
    if (at + 2 > cursor.end) return -1;
    const chunk = cursor.buffer.readUInt16BE(at);
    at += 2;
    const missing = count - statuses.length;
    if ((chunk & 0x8000) === 0) {
      const status = (chunk >> 13) & 0x03;
      for (let run = Math.min(chunk & 0x1fff, missing); run > 0; run--) statuses.push(status);
    } else if ((chunk & 0x4000) === 0) {
      for (let i = 0; i < Math.min(14, missing); i++) statuses.push((chunk >> (13 - i)) & 0x01);
    } else {
      for (let i = 0; i < Math.min(7, missing); i++) statuses.push((chunk >> (12 - 2 * i)) & 0x03);
    }
  }
  return at;
}

function parseDeltas(cursor: RtcpCursor, start: number, referenceUs: number, statuses: readonly number[]) {
  const { buffer, end } = cursor;
  const arrivalTimesUs: number[] = [];
  let at = start;
  let timeUs = referenceUs;
  for (const status of statuses) {
    if (status === packetStatus.notReceived) {
      arrivalTimesUs.push(notReceived);
      continue;
    }
    // Small deltas are one unsigned byte, large ones two signed bytes; 3 is reserved.
    if (status > packetStatus.largeDelta || at + status > end) return undefined;
    const delta = status === packetStatus.smallDelta ? buffer.readUInt8(at) : buffer.readInt16BE(at);
    at += status;
    timeUs += delta * deltaTickUs;
    arrivalTimesUs.push(timeUs);
  }
  return arrivalTimesUs;
}
