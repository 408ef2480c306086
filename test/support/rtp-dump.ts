import { isRtcp } from '../../packages/server/src/rtp/packet.ts';

/**
 * The dump format of rtptools (github.com/irtlab/rtptools), which Wireshark reads too: a line of text, a header of
 * 16 bytes, and for each packet its record length and its own length (16 bits each, the latter 0 for RTCP) and its time
 * of arrival in ms since the first (32 bits).
 */
const magicLine = '#!rtpplay1.0 127.0.0.1/5004\n';
const fileHeaderLength = 16;
const recordHeaderLength = 8;

export interface DumpedPacket {
  /** Since the first packet. */
  readonly atMs: number;
  readonly bytes: Buffer;
}

export function writeRtpDump(packets: readonly DumpedPacket[]): Buffer {
  const records = packets.flatMap(({ atMs, bytes }) => {
    const header = Buffer.alloc(recordHeaderLength);
    header.writeUInt16BE(recordHeaderLength + bytes.length, 0);
    header.writeUInt16BE(isRtcp(bytes) ? 0 : bytes.length, 2);
    header.writeUInt32BE(Math.round(atMs), 4);
    return [header, bytes];
  });
  return Buffer.concat([Buffer.from(magicLine), Buffer.alloc(fileHeaderLength), ...records]);
}

/** @throws Error where the file is not of this format, or is cut off */
export function readRtpDump(file: Buffer): DumpedPacket[] {
  const lineLength = file.indexOf('\n') + 1;
  if (!file.toString('latin1', 0, lineLength).startsWith('#!rtpplay1.0 ')) throw new Error('Not an rtpdump file.');
  const packets: DumpedPacket[] = [];
  let at = lineLength + fileHeaderLength;
  while (at < file.length) {
    const end = at + file.readUInt16BE(at);
    if (end > file.length || end <= at + recordHeaderLength) throw new Error('The rtpdump file is cut off.');
    packets.push({ atMs: file.readUInt32BE(at + 4), bytes: file.subarray(at + recordHeaderLength, end) });
    at = end;
  }
  return packets;
}
