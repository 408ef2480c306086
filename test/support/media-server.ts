import { resolve } from 'node:path';
import { Program } from './program.ts';

const main = resolve(import.meta.dirname, '../../packages/server/src/main.ts');

/** The server as a process of its own, on loopback and on ports of its own choice. */
export class MediaServerProcess {
  readonly #program: Program;
  readonly port: number;
  readonly mediaPort: number;

  private constructor(program: Program, port: number, mediaPort: number) {
    this.#program = program;
    this.port = port;
    this.mediaPort = mediaPort;
  }

  /** @param settings as flags take them, for example `{ 'rooms.max_rooms': '3' }` */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<MediaServerProcess> {
    const all = {
      'server.host': '127.0.0.1',
      'server.port': '0',
      'server.http_alias_port': 'false',
      'server.signaling_alias_port': 'false',
      'media.port': '0',
      ...settings,
    };
    const flags = Object.entries(all).map(([key, value]) => `--${key}=${value}`);
    const program = new Program(process.execPath, { arguments: [main, ...flags] });
    const [, port] = await program.printed(/Open +http:\/\/localhost:(\d+)/);
    const [, mediaPort] = await program.printed(/Media +UDP port (\d+)/);
    return new MediaServerProcess(program, Number(port), Number(mediaPort));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get output(): string {
    return this.#program.output;
  }

  async json<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await fetch(this.url + path, init);
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return response.json() as Promise<T>;
  }

  stop(): Promise<number | null> {
    return this.#program.stop();
  }
}
