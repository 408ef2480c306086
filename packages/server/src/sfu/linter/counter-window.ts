import { checkIntervalUs } from './check.ts';

/** How much a counter has grown over a span of time, from samples taken at each check. */
export class CounterWindow {
  readonly #samples: number[] = [];
  readonly #count: number;

  constructor(spanUs: number) {
    this.#count = Math.round(spanUs / checkIntervalUs) + 1;
  }

  /** Whether the samples cover the whole span. */
  get isFull(): boolean {
    return this.#samples.length === this.#count;
  }

  /** @returns the growth over the span, or since the first sample */
  sample(value: number): number {
    this.#samples.push(value);
    if (this.#samples.length > this.#count) this.#samples.shift();
    return value - (this.#samples[0] ?? value);
  }
}
