/** Of the target: who sends less is limited by the application (libwebrtc: application-limited region). */
const usedShare = 0.65;
/** How far the account runs to either side. */
const windowUs = 500_000;
/** Of that window: balances at which the state changes, with some room between. */
const limitedShare = 0.6;
const fullShare = 0;

/** Tells whether less is sent than the estimate allows: the estimate is untried then. */
export class ApplicationLimit {
  isLimited = false;
  /** Bits that could have been sent and were not. */
  #unusedBits = 0;
  #updatedUs = Number.NaN;

  onPacketSent(sizeBytes: number): void {
    this.#unusedBits -= sizeBytes * 8;
  }

  /** Returns true where the application has just begun to use the estimate. */
  update(targetBps: number, nowUs: number): boolean {
    const elapsedUs = nowUs - this.#updatedUs || 0;
    this.#updatedUs = nowUs;
    const boundBits = (usedShare * targetBps * windowUs) / 1e6;
    const unusedBits = this.#unusedBits + (usedShare * targetBps * elapsedUs) / 1e6;
    this.#unusedBits = Math.max(-boundBits, Math.min(boundBits, unusedBits));
    const wasLimited = this.isLimited;
    if (this.#unusedBits > limitedShare * boundBits) this.isLimited = true;
    if (this.#unusedBits < fullShare * boundBits) this.isLimited = false;
    return wasLimited && !this.isLimited;
  }
}
