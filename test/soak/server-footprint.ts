import { readdirSync, readFileSync } from 'node:fs';
import { Inspector } from '../support/inspector.ts';
import type { MediaServerProcess } from '../support/media-server.ts';

/** What a process holds, once all garbage has been collected. */
export interface Footprint {
  readonly rssBytes: number;
  /** Of JavaScript's objects. */
  readonly heapBytes: number;
  /** Of buffers outside of that heap. */
  readonly externalBytes: number;
  /** Open files and sockets, as the kernel counts them. */
  readonly descriptors: number;
  readonly threads: number;
  /** What keeps Node's event loop from ending, by kind: sockets, servers, timers. */
  readonly resources: Readonly<Record<string, number>>;
}

interface Memory {
  readonly heapUsed: number;
  readonly external: number;
}

/** Looks at a server that was started with `--inspect=127.0.0.1:0`. */
export class FootprintMeter {
  readonly #server: MediaServerProcess;
  readonly #inspector: Inspector;

  private constructor(server: MediaServerProcess, inspector: Inspector) {
    this.#server = server;
    this.#inspector = inspector;
  }

  static async open(server: MediaServerProcess): Promise<FootprintMeter> {
    return new FootprintMeter(server, await Inspector.open(server.output));
  }

  async read(): Promise<Footprint> {
    await this.#inspector.heapInUse();
    const { heapUsed, external } = await this.#inspector.evaluate<Memory>('process.memoryUsage()');
    const kinds = await this.#inspector.evaluate<string[]>('process.getActiveResourcesInfo()');
    const resources: Record<string, number> = {};
    for (const kind of kinds) resources[kind] = (resources[kind] ?? 0) + 1;
    const status = readFileSync(`/proc/${this.#server.pid}/status`, 'utf8');
    const figure = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
    return {
      rssBytes: figure('VmRSS') * 1024,
      heapBytes: heapUsed,
      externalBytes: external,
      descriptors: readdirSync(`/proc/${this.#server.pid}/fd`).length,
      threads: figure('Threads'),
      resources,
    };
  }

  close(): void {
    this.#inspector.close();
  }
}
