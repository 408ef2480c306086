import {
  feedbackHeaderLength,
  payloadFeedbackFormat,
  type RtcpCursor,
  rtcpType,
  writeFeedbackHeader,
} from './cursor.ts';

/** FCI entry of a FIR: SSRC, sequence number, three reserved bytes (RFC 5104, section 4.3.1.1). */
const firEntryLength = 8;

export interface FirEntry {
  /** The stream that a keyframe is asked of; the media SSRC of the header is 0 in a FIR. */
  readonly mediaSsrc: number;
  /** 8 bits; the same number again is a repetition, not a new request. */
  readonly sequenceNumber: number;
}

/** The media SSRC of a Picture Loss Indication (RFC 4585, section 6.3.1), or -1 where the packet is too short. */
export function parsePli(cursor: RtcpCursor): number {
  if (cursor.start + feedbackHeaderLength > cursor.end) return -1;
  return cursor.buffer.readUInt32BE(cursor.start + 8);
}

/** The requests of a Full Intra Request. Returns undefined where there is none. */
export function parseFir(cursor: RtcpCursor): FirEntry[] | undefined {
  const { buffer, end } = cursor;
  const entriesAt = cursor.start + feedbackHeaderLength;
  if (entriesAt + firEntryLength > end) return undefined;
  const entries: FirEntry[] = [];
  for (let at = entriesAt; at + firEntryLength <= end; at += firEntryLength) {
    entries.push({ mediaSsrc: buffer.readUInt32BE(at), sequenceNumber: buffer.readUInt8(at + 4) });
  }
  return entries;
}

/** Writes a PLI; returns its length, 12 bytes. */
export function writePli(buffer: Buffer, offset: number, senderSsrc: number, mediaSsrc: number): number {
  const { payloadFeedback } = rtcpType;
  const { pli } = payloadFeedbackFormat;
  writeFeedbackHeader(buffer, offset, payloadFeedback, pli, feedbackHeaderLength, senderSsrc, mediaSsrc);
  return feedbackHeaderLength;
}

/** Writes a FIR for one stream; returns its length, 20 bytes. `sequenceNumber` goes up by one with each new request. */
export function writeFir(
  buffer: Buffer,
  offset: number,
  senderSsrc: number,
  mediaSsrc: number,
  sequenceNumber: number,
): number {
  const length = feedbackHeaderLength + firEntryLength;
  writeFeedbackHeader(buffer, offset, rtcpType.payloadFeedback, payloadFeedbackFormat.fir, length, senderSsrc, 0);
  buffer.writeUInt32BE(mediaSsrc, offset + 12);
  buffer.writeUInt32BE((sequenceNumber & 0xff) * 2 ** 24, offset + 16);
  return length;
}
