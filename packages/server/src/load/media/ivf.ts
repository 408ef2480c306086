import { type EncodedFile, type EncodedFrame, MediaFileError } from './media-file.ts';

/** Signature, version, header length, codec, width, height, rate, scale, number of frames. */
const headerLength = 32;
/** Length and timestamp. */
const frameHeaderLength = 12;
const maxFramesPerSecond = 240;

/** Reads VP8 in IVF, in which ffmpeg and libvpx write it. @throws MediaFileError */
export function readIvf(file: Buffer): EncodedFile {
  if (file.length < headerLength || file.toString('latin1', 0, 4) !== 'DKIF')
    throw new MediaFileError('it is no IVF file');
  const codec = file.toString('latin1', 8, 12);
  if (codec !== 'VP80') throw new MediaFileError(`its codec is ${JSON.stringify(codec)}, and only VP80 is read`);
  const frames: EncodedFrame[] = [];
  for (let at = Math.max(headerLength, file.readUInt16LE(6)); at + frameHeaderLength <= file.length; ) {
    const length = file.readUInt32LE(at);
    at += frameHeaderLength;
    if (length === 0 || at + length > file.length) throw new MediaFileError(`frame ${frames.length} is cut off`);
    const frame = file.subarray(at, at + length);
    // The inverse keyframe flag is the lowest bit of the frame tag (RFC 6386, section 9.1).
    frames.push({ isKeyframe: (frame.readUInt8(0) & 1) === 0, units: [frame] });
    at += length;
  }
  if (frames[0]?.isKeyframe !== true) throw new MediaFileError('it does not begin with a keyframe');
  const framesPerSecond = file.readUInt32LE(16) / file.readUInt32LE(20);
  return { codec: 'VP8', framesPerSecond: framesPerSecond <= maxFramesPerSecond ? framesPerSecond : 0, frames };
}
