import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const width = 1280;
const height = 720;
const frames = 30;
/** The picture moves by so many pixels a frame; the whole run is one turn, so that it loops. */
const stepX = 8;

/**
 * A film for Chromium's fake camera: 720p at 30 frames a second, a moving texture rich enough that an encoder uses all
 * the bits it is given. Chromium plays it in a loop (`--use-file-for-fake-video-capture`).
 */
export class CameraFile {
  readonly #folder = mkdtempSync(join(tmpdir(), 'bitbasel-camera-'));
  readonly path = join(this.#folder, 'camera.y4m');

  constructor() {
    const texture = makeTexture(width + stepX * frames);
    const file = openSync(this.path, 'w');
    writeSync(file, `YUV4MPEG2 W${width} H${height} F30:1 Ip A1:1 C420jpeg\n`);
    const chroma = Buffer.alloc((width / 2) * (height / 2), 128);
    for (let frame = 0; frame < frames; frame += 1) {
      writeSync(file, 'FRAME\n');
      const luma = Buffer.alloc(width * height);
      for (let y = 0; y < height; y += 1) {
        const row = texture[y];
        row?.copy(luma, y * width, frame * stepX, frame * stepX + width);
      }
      writeSync(file, luma);
      writeSync(file, chroma);
      writeSync(file, chroma);
    }
    closeSync(file);
  }

  get chromiumArguments(): string[] {
    return [`--use-file-for-fake-video-capture=${this.path}`];
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Blocks of noise, the same at each run; the last columns repeat the first ones, so that the turn is seamless. */
function makeTexture(columns: number): Buffer[] {
  const block = 4;
  let seed = 12_345;
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed >>> 24;
  };
  const rows: Buffer[] = [];
  for (let y = 0; y < height; y += block) {
    const row = Buffer.alloc(columns);
    for (let x = 0; x < stepX * frames; x += block) row.fill(64 + random() / 2, x, x + block);
    for (let x = stepX * frames; x < columns; x += 1) row[x] = row[x - stepX * frames] ?? 0;
    for (let line = 0; line < block; line += 1) rows.push(row);
  }
  return rows;
}
