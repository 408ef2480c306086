import { type RtcpCursor, rtcpHeaderLength, rtcpType, writeRtcpHeader } from './cursor.ts';

/** The SSRCs that leave (RFC 3550, section 6.6). Returns undefined where the packet is shorter than its count says. */
export function parseBye(cursor: RtcpCursor): number[] | undefined {
  const listAt = cursor.start + rtcpHeaderLength;
  if (listAt + 4 * cursor.format > cursor.end) return undefined;
  const ssrcs: number[] = [];
  for (let i = 0; i < cursor.format; i++) ssrcs.push(cursor.buffer.readUInt32BE(listAt + 4 * i));
  return ssrcs;
}

/** Writes a BYE for at most 31 SSRCs, without a reason; returns its length: 4 bytes and 4 an SSRC. */
export function writeBye(buffer: Buffer, offset: number, ssrcs: readonly number[]): number {
  const length = rtcpHeaderLength + 4 * ssrcs.length;
  writeRtcpHeader(buffer, offset, rtcpType.bye, ssrcs.length, length);
  let at = offset + rtcpHeaderLength;
  for (const ssrc of ssrcs) at = buffer.writeUInt32BE(ssrc, at);
  return length;
}
