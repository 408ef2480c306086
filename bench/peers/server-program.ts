import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

const START_TIMEOUT_MS = 20_000;
const POLL_MS = 50;
/** For a server that does not end when it is asked to. */
const STOP_TIMEOUT_MS = 3000;
/** Of what it printed, so much is shown when it fails. */
const SHOWN_CHARACTERS = 2000;

/** A server's process, and what it printed. */
export class ServerProgram {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #name: string;
  #output = '';

  constructor(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#name = command;
    const env = { ...process.env, ...environment };
    this.#child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#ended = once(this.#child, 'close').catch(() => {});
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-10 * SHOWN_CHARACTERS);
      });
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Polls until `attempt` gives something; an attempt that throws is one that failed. */
  async ready<Found>(attempt: (output: string) => Found | undefined | Promise<Found | undefined>): Promise<Found> {
    const deadlineMs = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      try {
        const found = await attempt(this.#output);
        if (found !== undefined) return found;
      } catch (error) {
        if (performance.now() > deadlineMs) throw this.#failure(error);
      }
      if (this.#child.exitCode !== null || performance.now() > deadlineMs) throw this.#failure();
      await delay(POLL_MS);
    }
  }

  #failure(cause?: unknown): Error {
    return new Error(`${this.#name} did not start:\n${this.#output.slice(-SHOWN_CHARACTERS)}`, { cause });
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.#ended;
    clearTimeout(timer);
  }
}

/** Whether something speaks HTTP there, whatever it says. */
export async function answersHttp(url: string): Promise<true> {
  await (await fetch(url)).arrayBuffer();
  return true;
}
