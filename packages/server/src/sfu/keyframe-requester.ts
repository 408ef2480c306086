/** At most one request a second reaches the host's encoder, however many viewers ask (WHIP-WHEP practice, RFC 4585 4.3). */
const minIntervalUs = 1_000_000;

/**
 * Coalesces the keyframe requests for one source.
 * A request stays open, and is repeated, until a keyframe begins after it.
 */
export class KeyframeRequester {
  #wanted = false;
  #lastSentUs = Number.NEGATIVE_INFINITY;
  /** Requests that went to the host since the start. */
  sent = 0;

  request(): void {
    this.#wanted = true;
  }

  onKeyframe(): void {
    this.#wanted = false;
  }

  /** Whether a request is to be sent now; counts it as sent. */
  due(nowUs: number): boolean {
    if (!this.#wanted || nowUs - this.#lastSentUs < minIntervalUs) return false;
    this.#lastSentUs = nowUs;
    this.sent += 1;
    return true;
  }
}
