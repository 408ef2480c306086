/** What may leave at once after a pause: enough for the frame of a fast line, too little to fill a queue. */
const burstUs = 40_000;
/** A line so slow that less would hold up single packets. */
const minBurstBytes = 6_000;

/**
 * How many bytes a viewer may be sent now: a token bucket, filled as time passes. Bursts (keyframes, the replay of a
 * group of pictures) leave at the pacing rate instead of all at once.
 */
export class PacingBudget {
  #rateBps: number;
  #bytes: number;
  #filledUs = Number.NaN;

  /** @param rateBps infinite: nothing is held back */
  constructor(rateBps: number) {
    this.#rateBps = rateBps;
    this.#bytes = Number.isFinite(rateBps) ? minBurstBytes : Number.POSITIVE_INFINITY;
  }

  get rateBps(): number {
    return this.#rateBps;
  }

  /** What was saved up at another rate is cut to a burst at this one. */
  set rateBps(rateBps: number) {
    this.#rateBps = rateBps;
    this.#bytes = Math.min(this.#bytes, this.#mostBytes);
  }

  get #mostBytes(): number {
    return Math.max(minBurstBytes, (this.#rateBps / 8e6) * burstUs);
  }

  fill(nowUs: number): void {
    const elapsedUs = Number.isNaN(this.#filledUs) ? 0 : nowUs - this.#filledUs;
    this.#filledUs = nowUs;
    if (!Number.isFinite(this.#rateBps)) {
      this.#bytes = Number.POSITIVE_INFINITY;
      return;
    }
    this.#bytes = Math.min(this.#mostBytes, this.#bytes + (this.#rateBps / 8e6) * elapsedUs);
  }

  /** Whether a packet may leave; the last one may go into debt, so that big ones are not starved. */
  get hasRoom(): boolean {
    return this.#bytes > 0;
  }

  /** For every packet that leaves, also for what is never held back: audio, retransmissions. */
  spend(bytes: number): void {
    this.#bytes -= bytes;
  }
}
