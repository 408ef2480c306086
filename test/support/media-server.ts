import { resolve } from 'node:path';
import { inNamespace } from './namespace.ts';
import { Program } from './program.ts';

const main = resolve(import.meta.dirname, '../../packages/server/src/main.ts');

/** The server as a process of its own, on loopback and on ports of its own choice. */
export class MediaServerProcess {
  /** Those of this process of tests. */
  static readonly running = new Set<MediaServerProcess>();

  readonly #program: Program;
  readonly host: string;
  readonly port: number;
  readonly mediaPort: number;

  private constructor(program: Program, host: string, port: number, mediaPort: number) {
    this.#program = program;
    this.host = host;
    this.port = port;
    this.mediaPort = mediaPort;
    MediaServerProcess.running.add(this);
  }

  /**
   * @param settings as flags take them, for example `{ 'rooms.max_rooms': '3' }`
   * @param namespace of the network (`ip netns`) that it is to be in
   * @param nodeFlags for Node itself
   * @param environment added to this process's own variables
   */
  static async start(
    settings: Readonly<Record<string, string>> = {},
    namespace?: string,
    nodeFlags: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<MediaServerProcess> {
    const host = settings['server.host'] ?? '127.0.0.1';
    const all = {
      'server.host': host,
      'server.port': '0',
      'server.http_alias_port': 'false',
      'server.signaling_alias_port': 'false',
      'media.port': '0',
      'history.mode': 'memory',
      // Test peers do not say that they go.
      'drain.deadline_seconds': '0',
      ...settings,
    };
    const flags = Object.entries(all).map(([key, value]) => `--${key}=${value}`);
    const command = [...inNamespace(namespace), process.execPath, ...nodeFlags, main, ...flags];
    const program = new Program(command[0] ?? '', { arguments: command.slice(1), environment });
    const [, port] = await program.printed(/Open +http:\/\/[^\s:]+:(\d+)/);
    const [, mediaPort] = await program.printed(/Media +UDP port (\d+)/);
    return new MediaServerProcess(program, host, Number(port), Number(mediaPort));
  }

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  get pid(): number {
    return this.#program.pid;
  }

  get output(): string {
    return this.#program.output;
  }

  /** Lines of the log at the level of errors or above: of what a peer does, nothing is an error of the server's. */
  get errors(): string[] {
    return this.output.split('\n').filter((line) => line.startsWith('{') && JSON.parse(line).level >= 50);
  }

  async json<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await fetch(this.url + path, init);
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return response.json() as Promise<T>;
  }

  /** As `kill -9` does it. */
  kill(): Promise<void> {
    MediaServerProcess.running.delete(this);
    return this.#program.kill();
  }

  signal(signal: NodeJS.Signals): void {
    this.#program.signal(signal);
  }

  stop(): Promise<number | null> {
    MediaServerProcess.running.delete(this);
    return this.#program.stop();
  }
}
