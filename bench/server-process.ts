import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServerReply } from './server-messages.ts';

export type ServerUsage = ServerReply & { type: 'usage' };

/** The bench's hold on the server's process. */
export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(): Promise<ServerProcess> {
    const child = fork(fileURLToPath(import.meta.resolve('./server-child.ts')));
    const [started]: ServerReply[] = await once(child, 'message');
    if (started?.type !== 'started') throw new Error('The server did not start');
    return new ServerProcess(child, started.url);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What the process has used so far, by its own accounting. */
  async usage(): Promise<ServerUsage> {
    const answered = once(this.#child, 'message');
    this.#child.send({ type: 'usage' });
    const [usage]: ServerReply[] = await answered;
    if (usage?.type !== 'usage') throw new Error('The server did not tell its usage');
    return usage;
  }

  stop(): void {
    this.#child.disconnect();
  }
}
