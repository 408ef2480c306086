import { type RtcpCursor, rtcpHeaderLength, rtcpType, writeRtcpHeader } from './cursor.ts';

/** What a receiver says of one stream (RFC 3550, section 6.4.1). */
export interface ReportBlock {
  readonly ssrc: number;
  /** Lost since the last report, in 1/256. */
  readonly fractionLost: number;
  /** Signed 24 bits: duplicates can make it negative. */
  readonly cumulativeLost: number;
  /** Highest sequence number received, with the count of cycles in the upper 16 bits. */
  readonly highestSequenceNumber: number;
  /** In ticks of the media clock. */
  readonly jitter: number;
  /** LSR: compact NTP time of the last sender report received, 0 where there was none. */
  readonly lastSenderReport: number;
  /** DLSR: time since that report arrived, in 1/65536 s. */
  readonly delaySinceLastSenderReport: number;
}

export interface SenderReport {
  readonly ssrc: number;
  /** The same instant on the wall clock (NTP, two 32-bit halves) and on the media clock. */
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  readonly rtpTimestamp: number;
  readonly packetCount: number;
  /** Payload bytes, headers and padding not counted. */
  readonly octetCount: number;
  readonly blocks: readonly ReportBlock[];
}

export interface ReceiverReport {
  readonly ssrc: number;
  readonly blocks: readonly ReportBlock[];
}

const senderInfoLength = 20;
const blockLength = 24;
const minCumulativeLost = -0x80_0000;
const maxCumulativeLost = 0x7f_ffff;

/** Returns undefined where the packet is shorter than its count of blocks says. */
export function parseSenderReport(cursor: RtcpCursor): SenderReport | undefined {
  const { buffer, start } = cursor;
  const blocksAt = start + rtcpHeaderLength + 4 + senderInfoLength;
  if (blocksAt + cursor.format * blockLength > cursor.end) return undefined;
  return {
    ssrc: buffer.readUInt32BE(start + 4),
    ntpSeconds: buffer.readUInt32BE(start + 8),
    ntpFraction: buffer.readUInt32BE(start + 12),
    rtpTimestamp: buffer.readUInt32BE(start + 16),
    packetCount: buffer.readUInt32BE(start + 20),
    octetCount: buffer.readUInt32BE(start + 24),
    blocks: parseBlocks(buffer, blocksAt, cursor.format),
  };
}

/** Returns undefined where the packet is shorter than its count of blocks says. */
export function parseReceiverReport(cursor: RtcpCursor): ReceiverReport | undefined {
  const { buffer, start } = cursor;
  const blocksAt = start + rtcpHeaderLength + 4;
  if (blocksAt + cursor.format * blockLength > cursor.end) return undefined;
  return { ssrc: buffer.readUInt32BE(start + 4), blocks: parseBlocks(buffer, blocksAt, cursor.format) };
}

/** Writes a sender report (28 bytes and 24 a block, at most 31 blocks); returns its length. */
export function writeSenderReport(buffer: Buffer, offset: number, report: SenderReport): number {
  const blocksAt = rtcpHeaderLength + 4 + senderInfoLength;
  const length = blocksAt + report.blocks.length * blockLength;
  writeRtcpHeader(buffer, offset, rtcpType.senderReport, report.blocks.length, length);
  buffer.writeUInt32BE(report.ssrc, offset + 4);
  buffer.writeUInt32BE(report.ntpSeconds, offset + 8);
  buffer.writeUInt32BE(report.ntpFraction, offset + 12);
  buffer.writeUInt32BE(report.rtpTimestamp, offset + 16);
  // Both counters wrap.
  buffer.writeUInt32BE(report.packetCount >>> 0, offset + 20);
  buffer.writeUInt32BE(report.octetCount >>> 0, offset + 24);
  writeBlocks(buffer, offset + blocksAt, report.blocks);
  return length;
}

/** Writes a receiver report (8 bytes and 24 a block, at most 31 blocks); returns its length. */
export function writeReceiverReport(buffer: Buffer, offset: number, report: ReceiverReport): number {
  const blocksAt = rtcpHeaderLength + 4;
  const length = blocksAt + report.blocks.length * blockLength;
  writeRtcpHeader(buffer, offset, rtcpType.receiverReport, report.blocks.length, length);
  buffer.writeUInt32BE(report.ssrc, offset + 4);
  writeBlocks(buffer, offset + blocksAt, report.blocks);
  return length;
}

function parseBlocks(buffer: Buffer, start: number, count: number): ReportBlock[] {
  const blocks: ReportBlock[] = [];
  for (let at = start; at < start + count * blockLength; at += blockLength) {
    blocks.push({
      ssrc: buffer.readUInt32BE(at),
      fractionLost: buffer.readUInt8(at + 4),
      cumulativeLost: buffer.readIntBE(at + 5, 3),
      highestSequenceNumber: buffer.readUInt32BE(at + 8),
      jitter: buffer.readUInt32BE(at + 12),
      lastSenderReport: buffer.readUInt32BE(at + 16),
      delaySinceLastSenderReport: buffer.readUInt32BE(at + 20),
    });
  }
  return blocks;
}

function writeBlocks(buffer: Buffer, start: number, blocks: readonly ReportBlock[]): void {
  let at = start;
  for (const block of blocks) {
    buffer.writeUInt32BE(block.ssrc, at);
    buffer.writeUInt8(block.fractionLost, at + 4);
    // It stays at its limit instead of wrapping (RFC 3550, appendix A.3).
    const lost = Math.min(maxCumulativeLost, Math.max(minCumulativeLost, block.cumulativeLost));
    buffer.writeIntBE(lost, at + 5, 3);
    buffer.writeUInt32BE(block.highestSequenceNumber >>> 0, at + 8);
    buffer.writeUInt32BE(block.jitter >>> 0, at + 12);
    buffer.writeUInt32BE(block.lastSenderReport, at + 16);
    buffer.writeUInt32BE(block.delaySinceLastSenderReport, at + 20);
    at += blockLength;
  }
}
