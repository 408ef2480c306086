import type { StoredEvent } from '../history/records.ts';

/** How many events wait in memory; the others wait in the database. */
const bufferedEvents = 32;

/** The events of one room for one endpoint: delivered one after the other, in their order. */
export class WebhookLane {
  readonly name: string;
  readonly #events: StoredEvent[] = [];
  /** Later events are in the database alone. */
  hasMore: boolean;
  failures = 0;
  busy = false;
  #last = 0;

  /** @param hasMore whether the database may hold events for it already */
  constructor(name: string, hasMore: boolean) {
    this.name = name;
    this.hasMore = hasMore;
  }

  get first(): StoredEvent | undefined {
    return this.#events[0];
  }

  /** The number of the latest event that is, or was, in memory. */
  get last(): number {
    return this.#last;
  }

  get isEmpty(): boolean {
    return this.#events.length === 0 && !this.hasMore;
  }

  add(event: StoredEvent): void {
    if (event.event <= this.#last) return;
    if (this.hasMore || this.#events.length >= bufferedEvents) {
      this.hasMore = true;
      return;
    }
    this.#push(event);
  }

  /** With what was read from the database. */
  fill(events: readonly StoredEvent[], hasMore: boolean): void {
    for (const event of events) this.#push(event);
    this.hasMore = hasMore;
  }

  #push(event: StoredEvent): void {
    this.#events.push(event);
    this.#last = event.event;
  }

  shift(): void {
    this.#events.shift();
    this.failures = 0;
  }
}
