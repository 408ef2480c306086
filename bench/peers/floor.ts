import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Unavailable } from './peer.ts';

const run = promisify(execFile);
const source = fileURLToPath(import.meta.resolve('../floor/floor.c'));
const cache = fileURLToPath(import.meta.resolve('../.peers'));

/** What the ways of `floor.c` are called in the report. */
const ways = {
  send: 'C: sendmsg',
  batch: 'C: sendmmsg',
  segments: 'C: sendmsg, UDP_SEGMENT',
  batched: 'C: sendmmsg, UDP_SEGMENT',
} as const;

export interface FloorMeasurement {
  readonly name: string;
  readonly viewers: number;
  readonly userUsPerPacket: number;
  readonly systemUsPerPacket: number;
  readonly lossRatio: number;
}

/** Encryption and sending alone, without a server. */
export class Floor {
  readonly #program: string;

  private constructor(program: string) {
    this.#program = program;
  }

  static async build(): Promise<Floor> {
    const program = join(cache, 'floor');
    await mkdir(cache, { recursive: true });
    try {
      await run('gcc', ['-O2', '-Wall', '-Wextra', '-o', program, source, '-lsrtp2']);
    } catch (cause) {
      throw new Unavailable('gcc with libsrtp2-dev is needed (scripts/setup.sh peers)', { cause });
    }
    return new Floor(program);
  }

  async measure(viewers: number, seconds: number): Promise<FloorMeasurement[]> {
    const found: FloorMeasurement[] = [];
    for (const [way, name] of Object.entries(ways)) {
      const { stdout } = await run(this.#program, [way, String(viewers), String(seconds)]);
      found.push({ ...JSON.parse(stdout), name });
    }
    return found;
  }
}
