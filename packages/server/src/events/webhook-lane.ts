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
  #isReading = false;

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
    // While it is read, what comes may overtake what was there before.
    if (this.hasMore || this.#isReading || this.#events.length >= bufferedEvents) {
      this.hasMore = true;
      return;
    }
    this.#push(event);
  }

  /** The database is asked for what follows `last`. */
  beginRead(): void {
    this.#isReading = true;
    this.hasMore = false;
  }

  /** With what was read. What came meanwhile is looked for next, in the database. */
  fill(events: readonly StoredEvent[], hasMore: boolean): void {
    this.#isReading = false;
    for (const event of events) this.#push(event);
    this.hasMore ||= hasMore;
  }

  failRead(): void {
    this.#isReading = false;
    this.hasMore = true;
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
