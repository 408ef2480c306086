/**
 * Runs jobs one at a time, with a turn of the event loop between them: when a host goes live, hundreds of waiting
 * viewers are answered without holding up the media of the others.
 */
export class TurnQueue {
  readonly #jobs: (() => void)[] = [];

  add(job: () => void): void {
    if (this.#jobs.push(job) === 1) setImmediate(() => this.#run());
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
