import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ProgramOptions {
  readonly arguments?: readonly string[];
  readonly directory?: string;
  /** Added to this process's own variables. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A program under test, run as people run it. */
export class Program {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = '';

  constructor(command: string, options: ProgramOptions = {}) {
    this.#child = spawn(command, options.arguments ?? [], {
      cwd: options.directory,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#ended = once(this.#child, 'close');
    this.#onOutput((text) => {
      this.#output += text;
    });
  }

  #onOutput(listener: (text: string) => void): void {
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.setEncoding('utf8').on('data', listener);
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('The program could not be started');
    return pid;
  }

  /** All it has printed so far, on both of its outputs. */
  get output(): string {
    return this.#output;
  }

  /** Resolves once it has printed something that matches; rejects with its output when it ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
    const look = () => {
      const match = pattern.exec(this.#output);
      if (match) resolve(match);
    };
    look();
    this.#onOutput(look);
    this.#ended.then(() => reject(new Error(`It ended without printing ${pattern.source}:\n${this.#output}`)), reject);
    return promise;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Asks it to end, and resolves to its exit code. */
  stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.exitCode();
  }

  /** Ends it on the spot, as a crash does: it can clean up nothing. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Resolves when it has ended; null where a signal ended it. */
  async exitCode(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }
}
