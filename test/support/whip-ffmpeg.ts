import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { Program } from './program.ts';

const python = resolve(import.meta.dirname, '../../python/.venv/bin/python');

/** A current ffmpeg, which can publish by WHIP: it comes in a package of python/.venv. Debian's is too old for that. */
export function currentFfmpeg(): string {
  const print = 'import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())';
  return execFileSync(python, ['-c', print], { encoding: 'utf8' }).trim();
}

/** Publishes a test picture and a tone by WHIP, as H264 and Opus, for `seconds`. */
export function publishByFfmpeg(whipUrl: string, seconds: number, muxerOptions: readonly string[] = []): Program {
  return new Program(currentFfmpeg(), {
    arguments: [
      ...['-v', 'verbose', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30'],
      ...['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
      ...['-c:v', 'libx264', '-profile:v', 'baseline', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '60'],
      ...['-pix_fmt', 'yuv420p', '-c:a', 'libopus', '-ac', '2', '-t', String(seconds)],
      ...[...muxerOptions, '-f', 'whip', whipUrl],
    ],
  });
}
