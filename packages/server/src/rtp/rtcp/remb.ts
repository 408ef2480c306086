import {
  feedbackHeaderLength,
  payloadFeedbackFormat,
  type RtcpCursor,
  rtcpType,
  writeFeedbackHeader,
} from './cursor.ts';

/** Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03, section 2.2). */
export interface Remb {
  readonly senderSsrc: number;
  /** For all streams in `ssrcs` together; the wire keeps the upper 18 bits. */
  readonly bitrateBps: number;
  readonly ssrcs: readonly number[];
}

/** 'REMB' in ASCII. */
const identifier = 0x52454d42;
const mantissaBits = 18;
const fixedLength = feedbackHeaderLength + 8;

/** Returns undefined for other application layer feedback and where the packet is shorter than its count says. */
export function parseRemb(cursor: RtcpCursor): Remb | undefined {
  const { buffer, start } = cursor;
  if (start + fixedLength > cursor.end || buffer.readUInt32BE(start + 12) !== identifier) return undefined;
  const count = buffer.readUInt8(start + 16);
  if (start + fixedLength + 4 * count > cursor.end) return undefined;
  const exponentAndMantissa = buffer.readUIntBE(start + 17, 3);
  const exponent = exponentAndMantissa >> mantissaBits;
  const mantissa = exponentAndMantissa & (2 ** mantissaBits - 1);
  const ssrcs: number[] = [];
  for (let i = 0; i < count; i++) ssrcs.push(buffer.readUInt32BE(start + fixedLength + 4 * i));
  return { senderSsrc: buffer.readUInt32BE(start + 4), bitrateBps: mantissa * 2 ** exponent, ssrcs };
}

/** Writes a REMB for at most 255 SSRCs, the bitrate rounded down; returns its length: 20 bytes and 4 an SSRC. */
export function writeRemb(buffer: Buffer, offset: number, remb: Remb): number {
  const length = fixedLength + 4 * remb.ssrcs.length;
  const { application } = payloadFeedbackFormat;
  writeFeedbackHeader(buffer, offset, rtcpType.payloadFeedback, application, length, remb.senderSsrc, 0);
  buffer.writeUInt32BE(identifier, offset + 12);
  buffer.writeUInt8(remb.ssrcs.length, offset + 16);
  const exponent = Math.max(0, Math.floor(Math.log2(remb.bitrateBps)) - mantissaBits + 1);
  const mantissa = Math.floor(remb.bitrateBps / 2 ** exponent);
  buffer.writeUIntBE(exponent * 2 ** mantissaBits + mantissa, offset + 17, 3);
  let at = offset + fixedLength;
  for (const ssrc of remb.ssrcs) at = buffer.writeUInt32BE(ssrc, at);
  return length;
}
