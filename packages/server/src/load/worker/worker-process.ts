import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import type { WorkerCommand, WorkerReply } from './worker-messages.ts';

/** Compiled, the worker's file ends like this one. */
const workerUrl = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

type ReplyOf<Type extends WorkerReply['type']> = Extract<WorkerReply, { type: Type }>;

/** The run's hold on one of its processes. Commands are answered in their order. */
export class WorkerProcess {
  readonly #child: ChildProcess = fork(workerUrl);
  readonly #waiting: PromiseWithResolvers<WorkerReply>[] = [];
  #fault: Error | undefined;

  constructor() {
    this.#child.on('message', (reply: WorkerReply) => this.#onReply(reply));
    this.#child.once('exit', (code, signal) => this.#break(`it ended with ${signal ?? `code ${code}`}`));
    this.#child.once('error', (error) => this.#break(error.message));
  }

  /** @throws Error where the process has broken */
  async ask<Type extends WorkerReply['type']>(command: WorkerCommand, expected: Type): Promise<ReplyOf<Type>> {
    if (this.#fault !== undefined) throw this.#fault;
    const waiting = Promise.withResolvers<WorkerReply>();
    this.#waiting.push(waiting);
    this.#child.send(command);
    const reply = await waiting.promise;
    if (reply.type === expected) return reply as ReplyOf<Type>;
    throw new Error(reply.type === 'broken' ? reply.message : `A process answered ${reply.type}, not ${expected}`);
  }

  /** It ends by itself then. Idempotent. */
  stop(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  #onReply(reply: WorkerReply): void {
    this.#waiting.shift()?.resolve(reply);
  }

  #break(reason: string): void {
    this.#fault = new Error(`A process of the load generator has broken: ${reason}`);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#fault);
  }
}
