import type { Logger } from '../logger.ts';
import type { StoredEvent, StoreRecord } from './records.ts';
import { StoreError } from './store.ts';

/** What the journal needs of the store. */
export interface RecordStore {
  commit(records: readonly StoreRecord[]): Promise<void>;
}

export interface JournalOptions {
  readonly store: RecordStore;
  readonly logger: Logger;
  /** Told of events in their order, when they are on disk. */
  publish(events: readonly StoredEvent[]): void;
}

const largestBatch = 2000;
const retryMs = 1000;
/** While nothing can be written. What is more is dropped, except that rooms come and go, and who is kept out. */
const largestBacklog = 50_000;

/** SQLite's result codes of what may pass: busy, locked, no memory, read-only, interrupted, I/O, corrupt, full, ... */
const passing: readonly (number | undefined)[] = [5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 26, undefined];

/**
 * What is to be written, in order. Records that come while others are being written go together in the next
 * transaction, so a slow disk makes batches larger and holds nothing up. Where the disk fails, events are published all
 * the same, records wait, and are written once it works again.
 */
export class Journal {
  readonly #store: RecordStore;
  readonly #logger: Logger;
  readonly #publish: (events: readonly StoredEvent[]) => void;
  #pending: StoreRecord[] = [];
  /** How many of `#pending`, from the first one, have been published. */
  #published = 0;
  #settled = Promise.withResolvers<void>();
  #promisesPending = 0;
  #pumping = false;
  #retryTimer: NodeJS.Timeout | undefined;
  #fault: string | undefined;
  #dropped = 0;

  constructor({ store, logger, publish }: JournalOptions) {
    this.#store = store;
    this.#logger = logger;
    this.#publish = publish;
  }

  /** Why nothing can be written now; undefined while all is well. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Records that could not even wait, since the start. */
  get droppedRecords(): number {
    return this.#dropped;
  }

  append(...records: readonly StoreRecord[]): void {
    for (const record of records) this.#add(record);
    if (this.#fault === undefined) this.#pump();
    else this.#publishPending();
  }

  #add(record: StoreRecord): void {
    if (this.#pending.length >= largestBacklog && !isPromised(record)) {
      this.#dropped += 1;
      return;
    }
    this.#pending.push(record);
    if (isPromised(record)) this.#promisesPending += 1;
  }

  /** Resolves when the rooms that have been made and ended, and the kicks, so far are on disk; at once where that fails. */
  async settled(): Promise<void> {
    while (this.#promisesPending > 0 && this.#fault === undefined) await this.#settled.promise;
  }

  /** Resolves when everything so far is on disk; at once where that fails. */
  async flush(): Promise<void> {
    while (this.#pending.length > 0 && this.#fault === undefined) await this.#settled.promise;
  }

  #pump(): void {
    if (this.#pumping || this.#pending.length === 0) return;
    this.#pumping = true;
    void this.#writeBatch().finally(() => {
      this.#pumping = false;
      this.#settled.resolve();
      this.#settled = Promise.withResolvers();
      if (this.#fault === undefined) this.#pump();
    });
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#pending.slice(0, largestBatch);
    try {
      await this.#store.commit(batch);
      this.#recovered();
    } catch (error) {
      if (this.#mayPass(error)) {
        this.#failed(String(error));
        return;
      }
      this.#logger.error({ err: error, records: batch.length }, 'history lost: records were refused');
      this.#dropped += batch.length;
    }
    this.#publishUpTo(batch.length);
    this.#pending.splice(0, batch.length);
    this.#published -= batch.length;
    this.#promisesPending -= batch.filter(isPromised).length;
  }

  #mayPass(error: unknown): boolean {
    return !(error instanceof StoreError) || passing.includes(error.code);
  }

  #failed(fault: string): void {
    if (this.#fault === undefined)
      this.#logger.error({ fault }, 'history cannot be written: rooms go on, and what happens is written later');
    this.#fault = fault;
    this.#publishPending();
    this.#retryTimer = setTimeout(() => this.#pump(), retryMs).unref();
  }

  #recovered(): void {
    if (this.#fault === undefined) return;
    this.#fault = undefined;
    this.#logger.warn({ waiting: this.#pending.length, dropped: this.#dropped }, 'history can be written again');
  }

  #publishPending(): void {
    this.#publishUpTo(this.#pending.length);
  }

  #publishUpTo(count: number): void {
    const events = this.#pending.slice(this.#published, count).filter((record) => record.type === 'event');
    this.#published = Math.max(this.#published, count);
    if (events.length > 0) this.#publish(events);
  }

  /** Writes what is left, if that can be done. */
  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#retryTimer);
  }
}

/** What callers are answered after, and what is kept however much waits. */
function isPromised({ type }: StoreRecord): boolean {
  return type === 'room' || type === 'room-end' || type === 'revocation';
}
