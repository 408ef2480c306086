/**
 * Runs jobs one at a time, with a turn of the event loop between them: hundreds who come at once, or who have waited for a
 * host that goes live, are answered without holding up the media of the others.
 */
export class TurnQueue {
  readonly #jobs: (() => void)[] = [];

  add(job: () => void): void {
    if (this.#jobs.push(job) === 1) setImmediate(() => this.#run());
  }

  /** Resolves when it is the caller's turn: what it does then at once is its job. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.add(resolve);
    });
  }

  #run(): void {
    try {
      this.#jobs[0]?.();
    } finally {
      this.#jobs.shift();
      if (this.#jobs.length > 0) setImmediate(() => this.#run());
    }
  }
}
