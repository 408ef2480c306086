/** A queue of so much that does not drain is one too many: nobody may wait in it for good. */
const standingUs = 50_000;
/** Queues are judged by the shortest delay in a window: jitter and bursts are none. */
const minWindowUs = 400_000;
/** A queue that shrinks by this share from window to window, or within one, is on its way out. */
const drainShare = 0.1;
/** The empty line's delay is the shortest of the last two spans of this length; clocks drift by 1 ms in one. */
const baseSpanUs = 20_000_000;
/** Windows without effect after which the delay is the line's own: a longer route. */
const maxFutileWindows = 8;

/**
 * Finds a queue that stays full. The slope of the delay does not show it, as it is flat there (a gap in
 * draft-ietf-rmcat-gcc-02): after a steep drop of the capacity, one decrease may stop the growth and leave the queue.
 */
export class StandingQueue {
  /** Delay above that of the empty line, in the last window. */
  queueUs = 0;
  #delayUs = 0;
  #baseUs = Number.POSITIVE_INFINITY;
  #nextBaseUs = Number.POSITIVE_INFINITY;
  #baseSinceUs = Number.NaN;
  #windowStartUs = Number.NaN;
  /** Shortest delay in the first half of the window, and in the second. */
  #firstMinUs = Number.POSITIVE_INFINITY;
  #lastMinUs = Number.POSITIVE_INFINITY;
  #futile = 0;

  /** Delay of the last packet above the shortest one of late. */
  get latestUs(): number {
    return Math.max(0, this.#delayUs - this.#baseUs);
  }

  /** Returns true where a window ended and the queue stands. */
  onPacket(sentUs: number, arrivalUs: number, roundTripUs: number): boolean {
    const delayUs = arrivalUs - sentUs;
    this.#delayUs = delayUs;
    this.#baseUs = Math.min(this.#baseUs, delayUs);
    if (Number.isNaN(this.#windowStartUs)) this.#windowStartUs = arrivalUs;
    if (Number.isNaN(this.#baseSinceUs)) this.#baseSinceUs = arrivalUs;
    const windowUs = minWindowUs + roundTripUs;
    const elapsedUs = arrivalUs - this.#windowStartUs;
    if (elapsedUs < windowUs / 2) this.#firstMinUs = Math.min(this.#firstMinUs, delayUs);
    else this.#lastMinUs = Math.min(this.#lastMinUs, delayUs);
    if (elapsedUs < windowUs) return false;
    const stands = this.#judge(Math.min(this.#firstMinUs, this.#lastMinUs));
    this.#windowStartUs = arrivalUs;
    this.#firstMinUs = Number.POSITIVE_INFINITY;
    this.#lastMinUs = Number.POSITIVE_INFINITY;
    if (arrivalUs - this.#baseSinceUs > baseSpanUs) this.#renewBase(arrivalUs);
    return stands;
  }

  #judge(delayUs: number): boolean {
    this.#nextBaseUs = Math.min(this.#nextBaseUs, delayUs);
    const before = this.queueUs;
    this.queueUs = delayUs - this.#baseUs;
    const drains = this.#lastMinUs - this.#baseUs < (1 - drainShare) * (this.#firstMinUs - this.#baseUs);
    if (this.queueUs < standingUs || this.queueUs < (1 - drainShare) * before || drains) {
      this.#futile = 0;
      return false;
    }
    this.#futile += 1;
    if (this.#futile < maxFutileWindows) return true;
    this.#baseUs = delayUs;
    this.#futile = 0;
    return false;
  }

  #renewBase(arrivalUs: number): void {
    this.#baseUs = this.#nextBaseUs;
    this.#nextBaseUs = Number.POSITIVE_INFINITY;
    this.#baseSinceUs = arrivalUs;
  }
}
