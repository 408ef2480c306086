import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process of the generator: commands go to it, replies come back in whatever order. */
export class Child<Command extends object, Reply extends object> {
  readonly #process: ChildProcess;
  readonly #listeners = new Set<(reply: Reply | undefined) => void>();

  constructor(file: string) {
    this.#process = fork(fileURLToPath(import.meta.resolve(file)));
    this.#process.on('message', (reply: Reply) => this.#tell(reply));
    this.#process.once('exit', () => this.#tell(undefined));
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  #tell(reply: Reply | undefined): void {
    for (const listener of this.#listeners) listener(reply);
  }

  send(command: Command): void {
    this.#process.send(command);
  }

  /** Resolves to the first reply from now on that `match` takes; rejects with what it throws, or when the process ends. */
  next<Matched>(match: (reply: Reply) => Matched | undefined): Promise<Matched> {
    return new Promise((resolve, reject) => {
      const listener = (reply: Reply | undefined): void => {
        try {
          if (reply === undefined) throw new Error('A process of the load generator has ended early');
          const matched = match(reply);
          if (matched === undefined) return;
          resolve(matched);
        } catch (error) {
          reject(error);
        }
        this.#listeners.delete(listener);
      };
      this.#listeners.add(listener);
    });
  }

  async ask<Matched>(command: Command, match: (reply: Reply) => Matched | undefined): Promise<Matched> {
    const matched = this.next(match);
    this.send(command);
    return await matched;
  }

  stop(): void {
    if (this.#process.connected) this.#process.disconnect();
  }
}
