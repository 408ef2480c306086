import { type RtcpCursor, rtcpHeaderLength, rtcpType, writeRtcpHeader } from './cursor.ts';

/** The canonical name of a source: equal for all streams of one sender that play in step (RFC 3550, section 6.5.1). */
export interface SourceCname {
  readonly ssrc: number;
  readonly cname: string;
}

/** SDES item types (RFC 3550, section 6.5). */
const itemEnd = 0;
const itemCname = 1;

/** The CNAME of each source that has one. Returns undefined where the items do not fit the packet. */
export function parseSourceDescription(cursor: RtcpCursor): SourceCname[] | undefined {
  const names: SourceCname[] = [];
  let at = cursor.start + rtcpHeaderLength;
  for (let chunk = 0; chunk < cursor.format; chunk++) {
    if (at + 4 > cursor.end) return undefined;
    const ssrc = cursor.buffer.readUInt32BE(at);
    at = parseItems(cursor, at + 4, ssrc, names);
    if (at < 0) return undefined;
  }
  return names;
}

/** Returns the offset behind the chunk, which ends with one or more zero bytes at a 32-bit boundary; -1 if cut off. */
function parseItems(cursor: RtcpCursor, start: number, ssrc: number, names: SourceCname[]): number {
  const { buffer, end } = cursor;
  let at = start;
  while (at < end) {
    const type = buffer.readUInt8(at);
    if (type === itemEnd) return at + 4 - (at % 4); // every RTCP packet begins at a 32-bit boundary
    if (at + 2 > end) return -1;
    const next = at + 2 + buffer.readUInt8(at + 1);
    if (next > end) return -1;
    if (type === itemCname) names.push({ ssrc, cname: buffer.toString('utf8', at + 2, next) });
    at = next;
  }
  return -1;
}

/** Writes an SDES packet with one CNAME (at most 255 bytes of UTF-8); returns its length. */
export function writeCname(buffer: Buffer, offset: number, ssrc: number, cname: string): number {
  const nameLength = Buffer.byteLength(cname);
  const contentLength = rtcpHeaderLength + 4 + 2 + nameLength;
  const length = contentLength + 4 - (contentLength % 4);
  writeRtcpHeader(buffer, offset, rtcpType.sourceDescription, 1, length);
  buffer.writeUInt32BE(ssrc, offset + 4);
  buffer.writeUInt8(itemCname, offset + 8);
  buffer.writeUInt8(nameLength, offset + 9);
  buffer.write(cname, offset + 10);
  buffer.fill(itemEnd, offset + contentLength, offset + length);
  return length;
}
