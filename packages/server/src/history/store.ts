import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Question, Questions, StoreRecord } from './records.ts';
import type { StoreReply, StoreRequest, StoreWorkerData } from './store-messages.ts';

export type Opened = Extract<StoreReply, { type: 'opened' }>;

/** The database said no. */
export class StoreError extends Error {
  /** SQLite's primary result code; undefined where the thread itself broke. */
  readonly code: number | undefined;

  constructor(message: string, code: number | undefined) {
    super(message);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** Compiled, the worker's file ends like this one. */
const workerUrl = new URL(`./store-worker${extname(import.meta.url)}`, import.meta.url);

/** The database, in a thread of its own. Requests are served in their order. */
export class Store {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #opened = Promise.withResolvers<Opened>();
  readonly #ended = Promise.withResolvers<void>();
  #lastId = 0;
  #fault: StoreError | undefined;

  private constructor(path: string | null) {
    const data: StoreWorkerData = { path };
    this.#worker = new Worker(workerUrl, { workerData: data });
    this.#worker.on('message', (reply: StoreReply) => this.#onReply(reply));
    this.#worker.on('error', (error) => this.#end(new StoreError(String(error), undefined)));
    this.#worker.on('exit', () => {
      this.#end(new StoreError('The thread of the database has ended.', undefined));
      this.#ended.resolve();
    });
  }

  /**
   * @param path of the file; null for a database in memory. A file that cannot be had is told of in the answer
   * @throws StoreError where not even memory can be had
   */
  static async open(path: string | null): Promise<{ store: Store; opened: Opened }> {
    const store = new Store(path);
    return { store, opened: await store.#opened.promise };
  }

  /** Resolves when all of the records are on disk. @throws StoreError; none of them is then */
  async commit(records: readonly StoreRecord[]): Promise<void> {
    await this.#request((id) => ({ type: 'commit', id, records }));
  }

  /** @throws StoreError */
  async ask<Q extends Question>(question: Q, asked: Questions[Q]['in']): Promise<Questions[Q]['out']> {
    return (await this.#request((id) => ({ type: 'ask', id, question, asked }))) as Questions[Q]['out'];
  }

  #request(make: (id: number) => StoreRequest): Promise<unknown> {
    if (this.#fault) return Promise.reject(this.#fault);
    this.#lastId += 1;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#lastId, waiting);
    // The thread keeps the process alive only while something is awaited from it.
    this.#worker.ref();
    this.#worker.postMessage(make(this.#lastId));
    return waiting.promise;
  }

  #onReply(reply: StoreReply): void {
    if (reply.type === 'opened') {
      this.#opened.resolve(reply);
      this.#worker.unref();
      return;
    }
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (reply.type === 'done') waiting?.resolve(reply.answer);
    else waiting?.reject(new StoreError(reply.message, reply.code));
  }

  #end(fault: StoreError): void {
    this.#fault ??= fault;
    this.#opened.reject(this.#fault);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#fault);
    this.#waiting.clear();
  }

  /** After all that was asked before. Idempotent. */
  async close(): Promise<void> {
    this.#worker.ref();
    if (!this.#fault) this.#worker.postMessage({ type: 'close' } satisfies StoreRequest);
    await this.#ended.promise;
  }
}
