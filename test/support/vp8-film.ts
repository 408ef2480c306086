import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Vp8Frame {
  readonly bytes: Buffer;
  readonly isKeyframe: boolean;
}

export interface Vp8FilmOptions {
  readonly height: number;
  readonly bitrateBps: number;
}

export const framesPerSecond = 30;
const seconds = 12;
const keyframeIntervalSeconds = 3;
/** IVF, in which ffmpeg writes VP8: a header for the file, and one with the length for each frame. */
const ivfHeaderLength = 32;
const ivfFrameHeaderLength = 12;

/** The same moving pattern in several resolutions, each encoded at its constant bitrate: the frames of each film. */
export function encodeVp8Films(films: readonly Vp8FilmOptions[]): Vp8Frame[][] {
  const folder = mkdtempSync(join(tmpdir(), 'bitbasel-film-'));
  try {
    const pattern = ['-f', 'lavfi', '-i', `testsrc2=size=1280x720:rate=${framesPerSecond}:duration=${seconds}`];
    const outputs = films.map((film, index) => [...encoderOptions(film), join(folder, `${index}.ivf`)]);
    const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', ...pattern, ...outputs.flat()]);
    if (status !== 0) throw new Error(`ffmpeg could not encode VP8: ${stderr}`);
    return films.map((_, index) => readIvf(readFileSync(join(folder, `${index}.ivf`))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function encoderOptions({ height, bitrateBps }: Vp8FilmOptions): string[] {
  const rate = String(bitrateBps);
  const keys = String(framesPerSecond * keyframeIntervalSeconds);
  const constantRate = ['-b:v', rate, '-minrate', rate, '-maxrate', rate, '-bufsize', rate];
  const speed = ['-deadline', 'realtime', '-cpu-used', '8', '-auto-alt-ref', '0', '-lag-in-frames', '0'];
  return ['-vf', `scale=-2:${height}`, '-c:v', 'libvpx', ...speed, ...constantRate, '-g', keys, '-keyint_min', keys];
}

function readIvf(file: Buffer): Vp8Frame[] {
  const frames: Vp8Frame[] = [];
  for (let at = ivfHeaderLength; at < file.length; ) {
    const bytes = file.subarray(at + ivfFrameHeaderLength, at + ivfFrameHeaderLength + file.readUInt32LE(at));
    // The first bit of the frame tag (RFC 6386, section 9.1).
    frames.push({ bytes, isKeyframe: (bytes.readUInt8(0) & 1) === 0 });
    at += ivfFrameHeaderLength + bytes.length;
  }
  return frames;
}
