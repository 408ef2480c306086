interface Event {
  readonly atUs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Where runs begin: a date of no meaning, so that times look as in production (microseconds since 1970). */
const epochUs = 1_800_000_000_000_000;

/** A clock that jumps from event to event. The same events give the same run, on any machine. */
export class VirtualTime {
  nowUs = epochUs;
  /** A binary heap, the earliest event first. */
  readonly #events: Event[] = [];
  #count = 0;

  /** Events of the same time run in the order in which they were asked for. */
  after(delayUs: number, run: () => void): void {
    this.#push({ atUs: this.nowUs + Math.max(0, delayUs), order: this.#count, run });
    this.#count += 1;
  }

  /** Runs at once, and then again and again. */
  every(intervalUs: number, run: () => void): void {
    run();
    this.after(intervalUs, () => this.every(intervalUs, run));
  }

  /** Seconds since the start. */
  get seconds(): number {
    return (this.nowUs - epochUs) / 1e6;
  }

  runUntil(seconds: number): void {
    const endUs = epochUs + seconds * 1e6;
    for (let event = this.#events[0]; event && event.atUs <= endUs; event = this.#events[0]) {
      this.#pop();
      this.nowUs = event.atUs;
      event.run();
    }
    this.nowUs = endUs;
  }

  #push(event: Event): void {
    const events = this.#events;
    let at = events.length;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = events[parentAt];
      if (parent === undefined || isBefore(parent, event)) break;
      events[at] = parent;
      at = parentAt;
    }
    events[at] = event;
  }

  #pop(): void {
    const events = this.#events;
    const last = events.pop();
    if (last === undefined || events.length === 0) return;
    let at = 0;
    for (;;) {
      const left = events[2 * at + 1];
      const right = events[2 * at + 2];
      if (left === undefined) break;
      const takeRight = right !== undefined && isBefore(right, left);
      const child = takeRight ? right : left;
      if (isBefore(last, child)) break;
      events[at] = child;
      at = 2 * at + (takeRight ? 2 : 1);
    }
    events[at] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.order < b.order);
}
