import type { AnsweringStore } from '../history/history.ts';
import type { StoredEvent } from '../history/records.ts';

const readAtOnce = 200;

/** One reader of the stream of events. */
export interface EventReader {
  /** @returns false where it wants no more: it has gone, or is too slow */
  write(event: StoredEvent): boolean;
  end(): void;
}

interface Subscription {
  readonly reader: EventReader;
  readonly roomId: string | undefined;
  /** What comes while the log is read; undefined once it has been. */
  held: StoredEvent[] | undefined;
}

/** The stream of events, for any number of readers: each from where it left off. */
export class EventHub {
  readonly #store: AnsweringStore;
  readonly #subscriptions = new Set<Subscription>();

  constructor(store: AnsweringStore) {
    this.#store = store;
  }

  get size(): number {
    return this.#subscriptions.size;
  }

  /**
   * Gives a reader the events from now on, or all that came after a numbered one.
   * @returns what ends it
   */
  subscribe(reader: EventReader, roomId: string | undefined, after: number | undefined): () => void {
    const subscription: Subscription = { reader, roomId, held: after === undefined ? undefined : [] };
    this.#subscriptions.add(subscription);
    const leave = () => void this.#subscriptions.delete(subscription);
    if (after !== undefined)
      this.#replay(subscription, after).catch(() => {
        // The log cannot be read: the reader comes again, and finds all of it then.
        leave();
        reader.end();
      });
    return leave;
  }

  async #replay(subscription: Subscription, after: number): Promise<void> {
    const { reader, roomId } = subscription;
    let last = after;
    for (let more = true; more; ) {
      const asked = { after: last, limit: readAtOnce, ...(roomId !== undefined && { roomId }) };
      const events = await this.#store.ask('events', asked);
      for (const event of events) this.#offer(subscription, event);
      last = events.at(-1)?.event ?? last;
      more = events.length === readAtOnce && this.#subscriptions.has(subscription);
    }
    const held = subscription.held ?? [];
    subscription.held = undefined;
    for (const event of held)
      if (event.event > last && this.#subscriptions.has(subscription)) this.#offer(subscription, event);
    if (!this.#subscriptions.has(subscription)) reader.end();
  }

  #offer(subscription: Subscription, event: StoredEvent): void {
    if (!this.#subscriptions.has(subscription) || subscription.reader.write(event)) return;
    this.#subscriptions.delete(subscription);
    subscription.reader.end();
  }

  publish(events: readonly StoredEvent[]): void {
    for (const event of events)
      for (const subscription of this.#subscriptions) {
        if (subscription.roomId !== undefined && subscription.roomId !== event.roomId) continue;
        if (subscription.held) subscription.held.push(event);
        else this.#offer(subscription, event);
      }
  }

  /** Ends all streams. */
  close(): void {
    for (const { reader } of this.#subscriptions) reader.end();
    this.#subscriptions.clear();
  }
}
