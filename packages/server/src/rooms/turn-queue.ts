/** What waits meanwhile, media above all, comes later by so much at most: players keep more than that in store. */
const sliceMs = 50;

/**
 * Runs jobs in slices, with a turn of the event loop between them: hundreds who come at once, or who have waited for a host
 * that goes live, are answered without holding up the media of the others.
 */
export class TurnQueue {
  readonly #nowMs: () => number;
  readonly #jobs: (() => void)[] = [];
  #isDue = false;

  constructor(nowMs = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  add(job: () => void): void {
    this.#jobs.push(job);
    this.#goOn();
  }

  /** Resolves when it is the caller's turn: what it does then at once is its job. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.add(resolve);
    });
  }

  #goOn(): void {
    if (this.#isDue || this.#jobs.length === 0) return;
    this.#isDue = true;
    setImmediate(() => void this.#runSlice());
  }

  async #runSlice(): Promise<void> {
    const startMs = this.#nowMs();
    try {
      while (this.#jobs.length > 0 && this.#nowMs() - startMs < sliceMs) {
        this.#jobs.shift()?.();
        // Who waited for `next` has done its job when this goes on.
        await undefined;
      }
    } finally {
      this.#isDue = false;
      this.#goOn();
    }
  }
}
