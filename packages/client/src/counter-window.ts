const windowMs = 2_000;

/** Turns counters that only grow into what happened lately: over the last two seconds, or since the call before. */
export class CounterWindow<Name extends string> {
  readonly #samples: { timeMs: number; counters: Record<Name, number> }[] = [];

  /** Takes the counters' present values; returns how much each has grown, and in how many milliseconds (0 at first). */
  add(timeMs: number, counters: Record<Name, number>): { elapsedMs: number; growth: Record<Name, number> } {
    const names = Object.keys(counters) as Name[];
    const previous = this.#samples.at(-1);
    // A counter that fell belongs to a new connection.
    if (previous && names.some((name) => counters[name] < previous.counters[name])) this.#samples.length = 0;
    this.#samples.push({ timeMs, counters });
    while ((this.#samples[1]?.timeMs ?? timeMs) <= timeMs - windowMs) this.#samples.shift();

    const oldest = this.#samples[0] ?? { timeMs, counters };
    const growth = { ...counters };
    for (const name of names) growth[name] -= oldest.counters[name];
    return { elapsedMs: timeMs - oldest.timeMs, growth };
  }
}

/** 0 while no time has passed. */
export function bitsPerSecond(bytes: number, elapsedMs: number): number {
  return elapsedMs > 0 ? (bytes * 8000) / elapsedMs : 0;
}
