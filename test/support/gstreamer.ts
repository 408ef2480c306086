import { resolve } from 'node:path';
import { Program } from './program.ts';

const script = resolve(import.meta.dirname, '../clients/gstreamer.py');
/** Debian's own: GStreamer's bindings come with it, and with no other. */
const python = '/usr/bin/python3';

export interface FrameCounts {
  readonly video: number;
  readonly audio: number;
}

/** GStreamer as a client by WHIP or WHEP, over loopback. */
export class GStreamerClient {
  readonly #program: Program;

  constructor(role: 'publish' | 'watch', url: string, flags: readonly string[] = []) {
    // It leaves loopback out as a rule.
    const own = ['--local-address', '127.0.0.1', ...flags];
    this.#program = new Program(python, { arguments: [script, role, url, ...own] });
  }

  get output(): string {
    return this.#program.output;
  }

  /** What it has sent, or decoded; it tells it each half second. */
  get counts(): FrameCounts {
    const last = [...this.output.matchAll(/^{"video": (\d+), "audio": (\d+)}$/gm)].at(-1);
    return { video: Number(last?.[1] ?? 0), audio: Number(last?.[2] ?? 0) };
  }

  /** Ends its session, and then itself. */
  stop(): Promise<number | null> {
    return this.#program.stop();
  }
}
