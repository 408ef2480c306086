import { type EncodedFile, type EncodedFrame, MediaFileError } from './media-file.ts';

/** NAL unit types (ITU-T H.264, table 7-1). */
const nal = { slice: 1, idrSlice: 5, sps: 7, pps: 8, accessUnitDelimiter: 9 } as const;

/** Reads an H264 byte stream (ITU-T H.264, annex B), as ffmpeg writes it with `-f h264`. @throws MediaFileError */
export function readAnnexB(file: Buffer): EncodedFile {
  const units = splitNalUnits(file);
  const sps = units.find((unit) => typeOf(unit) === nal.sps && unit.length >= 4);
  if (sps === undefined) throw new MediaFileError('it has no sequence parameter set: it is no H264 byte stream');
  const frames = groupAccessUnits(units);
  if (frames[0]?.isKeyframe !== true) throw new MediaFileError('it does not begin with an IDR picture');
  return { codec: 'H264', framesPerSecond: 0, profileLevelId: sps.toString('hex', 1, 4), frames };
}

/** NAL units between start codes of three bytes; zeros before one belong to it (B.1.1). */
function splitNalUnits(file: Buffer): Buffer[] {
  const units: Buffer[] = [];
  let start = file.indexOf(startCode);
  while (start >= 0) {
    const next = file.indexOf(startCode, start + startCode.length);
    let end = next < 0 ? file.length : next;
    while (end > start && file[end - 1] === 0) end -= 1;
    const unit = file.subarray(start + startCode.length, end);
    if (unit.length > 0) units.push(unit);
    start = next;
  }
  return units;
}

/** A picture ends where the next one's first slice or anything that goes before it begins (7.4.1.2.3). */
function groupAccessUnits(units: readonly Buffer[]): EncodedFrame[] {
  const frames: EncodedFrame[] = [];
  let picture: Buffer[] = [];
  let hasSlice = false;
  const close = () => {
    if (hasSlice) frames.push({ isKeyframe: picture.some((unit) => typeOf(unit) === nal.idrSlice), units: picture });
    picture = [];
    hasSlice = false;
  };
  for (const unit of units) {
    const type = typeOf(unit);
    const isSlice = type === nal.slice || type === nal.idrSlice;
    // first_mb_in_slice is 0, which exp-Golomb codes as a single 1, in the first slice of a picture.
    const begins = isSlice ? (unit[1] ?? 0) >= 0x80 : type >= 6 && type <= 9;
    if (hasSlice && begins) close();
    if (type !== nal.accessUnitDelimiter) picture.push(unit);
    hasSlice ||= isSlice;
  }
  close();
  return frames;
}

function typeOf(unit: Buffer): number {
  return (unit[0] ?? 0) & 0x1f;
}

const startCode = Buffer.from([0, 0, 1]);
