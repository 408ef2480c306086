/** Counts in windows of one minute, in memory and at once: for what comes too often to be asked elsewhere. */
export class CountingWindow {
  readonly #most: number;
  readonly #nowMs: () => number;
  readonly #counts = new Map<string, number>();
  #endsMs = Number.NEGATIVE_INFINITY;

  constructor(most: number, nowMs: () => number) {
    this.#most = most;
    this.#nowMs = nowMs;
  }

  /** @returns 0, or how long until the next is allowed, in ms */
  take(key: string): number {
    const nowMs = this.#nowMs();
    if (nowMs >= this.#endsMs) {
      this.#counts.clear();
      this.#endsMs = nowMs + windowMs;
    }
    const count = (this.#counts.get(key) ?? 0) + 1;
    if (count > this.#most) return this.#endsMs - nowMs;
    this.#counts.set(key, count);
    return 0;
  }
}

const windowMs = 60_000;
