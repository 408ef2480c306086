import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TransportChoice } from '../packages/server/src/transport/create-transport.ts';
import type { ServerCommand, ServerReply } from './server-messages.ts';

export type ServerUsage = ServerReply & { type: 'usage' };
export type LoopHealth = ServerReply & { type: 'loop' };

/** The bench's hold on the server's process. */
export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(transport: TransportChoice = 'auto'): Promise<ServerProcess> {
    const child = fork(fileURLToPath(import.meta.resolve('./server-child.ts')), [transport]);
    const [started]: ServerReply[] = await once(child, 'message');
    if (started?.type !== 'started') throw new Error('The server did not start');
    return new ServerProcess(child, started.url);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What the process has used so far, by its own accounting. */
  async usage(): Promise<ServerUsage> {
    const usage = await this.#ask('usage');
    if (usage.type !== 'usage') throw new Error('The server did not tell its usage');
    return usage;
  }

  /** Begins to count how late the main thread's timers are. */
  async watchLoop(): Promise<void> {
    await this.#ask('watch-loop');
  }

  /** What was counted since then. */
  async loop(): Promise<LoopHealth> {
    const loop = await this.#ask('loop');
    if (loop.type !== 'loop') throw new Error('The server did not tell how its main thread is');
    return loop;
  }

  async #ask(type: ServerCommand['type']): Promise<ServerReply> {
    const answered = once(this.#child, 'message');
    this.#child.send({ type });
    const [reply]: ServerReply[] = await answered;
    if (reply === undefined) throw new Error('The server did not answer');
    return reply;
  }

  stop(): void {
    this.#child.disconnect();
  }
}
