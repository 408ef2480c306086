export type OpusBandwidth = 'NB' | 'MB' | 'WB' | 'SWB' | 'FB';

/** What the table of contents of an Opus packet says (RFC 6716, section 3.1). Reused, as `PayloadInfo` is. */
export class OpusInfo {
  /** 0 to 31: mode, bandwidth and frame duration in one. */
  config = 0;
  /** Narrow, medium, wide, super-wide or full band: 4, 6, 8, 12 or 20 kHz of audio. */
  bandwidth: OpusBandwidth = 'NB';
  frameDurationUs = 0;
  frameCount = 0;
  stereo = false;
}

const silkDurationsUs = [10_000, 20_000, 40_000, 60_000] as const;
const hybridDurationsUs = [10_000, 20_000] as const;
const celtDurationsUs = [2_500, 5_000, 10_000, 20_000] as const;

/** Longest audio in one packet (RFC 6716, section 3.4, R5). */
const maxPacketDurationUs = 120_000;

/** Reads the first bytes of an Opus payload. Returns false where it is cut off or longer than a packet may be. */
export function inspectOpus(buffer: Buffer, offset: number, length: number, out: OpusInfo): boolean {
  if (length < 1) return false;
  const toc = buffer.readUInt8(offset);
  out.config = toc >> 3;
  out.bandwidth = bandwidthOf(out.config);
  out.frameDurationUs = frameDurationUsOf(out.config);
  out.stereo = (toc & 0x04) !== 0;
  out.frameCount = readFrameCount(buffer, offset, length, toc & 0x03);
  return out.frameCount > 0 && out.frameCount * out.frameDurationUs <= maxPacketDurationUs;
}

/** RFC 6716, table 2. */
function bandwidthOf(config: number): OpusBandwidth {
  if (config < 4) return 'NB'; // SILK
  if (config < 8) return 'MB';
  if (config < 12) return 'WB';
  if (config < 14) return 'SWB'; // hybrid
  if (config < 16) return 'FB';
  if (config < 20) return 'NB'; // CELT
  if (config < 24) return 'WB';
  return config < 28 ? 'SWB' : 'FB';
}

function frameDurationUsOf(config: number): number {
  const durations = config < 12 ? silkDurationsUs : config < 16 ? hybridDurationsUs : celtDurationsUs;
  return durations[config % durations.length] ?? 0;
}

/** Code 0 is one frame, 1 and 2 are two, 3 has the count in the next byte (section 3.2). 0 where that is missing. */
function readFrameCount(buffer: Buffer, offset: number, length: number, code: number): number {
  if (code === 0) return 1;
  if (code < 3) return 2;
  return length < 2 ? 0 : buffer.readUInt8(offset + 1) & 0x3f;
}
