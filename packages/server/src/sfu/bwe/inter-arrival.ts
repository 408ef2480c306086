/** Packets sent within this time form a group (draft-ietf-rmcat-gcc-02, section 5.2). */
const burstUs = 5_000;
/** Bounds to what is taken as one burst by arrival: a queue somewhere that was released at once. */
const maxBurstDurationUs = 100_000;
/** Groups in a row that arrive before their predecessor: the receiver's clock stepped. */
const maxReordered = 3;

/**
 * Puts packets into groups and compares each group with the one before: if a group took longer to arrive than to be
 * sent, a queue grew (section 5.1 and 5.2).
 */
export class InterArrival {
  /** Of the last group that `onPacket` completed, to the one before: between the last packets of each. */
  sendDeltaUs = 0;
  arrivalDeltaUs = 0;
  #firstSentUs = Number.NaN;
  #lastSentUs = 0;
  #firstArrivalUs = 0;
  #lastArrivalUs = 0;
  #previousSentUs = Number.NaN;
  #previousArrivalUs = 0;
  #reordered = 0;

  /** Takes packets in the order of arrival; returns true where deltas were made. */
  onPacket(sentUs: number, arrivalUs: number): boolean {
    if (Number.isNaN(this.#firstSentUs)) {
      this.#begin(sentUs, arrivalUs);
      return false;
    }
    if (sentUs < this.#firstSentUs) return false;
    if (!this.#beginsGroup(sentUs, arrivalUs)) {
      this.#lastSentUs = Math.max(this.#lastSentUs, sentUs);
      this.#lastArrivalUs = arrivalUs;
      return false;
    }
    const compared = this.#compare();
    this.#previousSentUs = this.#lastSentUs;
    this.#previousArrivalUs = this.#lastArrivalUs;
    this.#begin(sentUs, arrivalUs);
    return compared;
  }

  #begin(sentUs: number, arrivalUs: number): void {
    this.#firstSentUs = sentUs;
    this.#lastSentUs = sentUs;
    this.#firstArrivalUs = arrivalUs;
    this.#lastArrivalUs = arrivalUs;
  }

  #beginsGroup(sentUs: number, arrivalUs: number): boolean {
    const arrivalDeltaUs = arrivalUs - this.#lastArrivalUs;
    const catchesUp = arrivalDeltaUs < sentUs - this.#lastSentUs;
    const isBurst = catchesUp && arrivalDeltaUs <= burstUs && arrivalUs - this.#firstArrivalUs < maxBurstDurationUs;
    return !isBurst && sentUs - this.#firstSentUs > burstUs;
  }

  #compare(): boolean {
    if (Number.isNaN(this.#previousSentUs)) return false;
    this.sendDeltaUs = this.#lastSentUs - this.#previousSentUs;
    this.arrivalDeltaUs = this.#lastArrivalUs - this.#previousArrivalUs;
    if (this.arrivalDeltaUs >= 0) {
      this.#reordered = 0;
      return true;
    }
    this.#reordered += 1;
    if (this.#reordered >= maxReordered) this.#previousSentUs = Number.NaN;
    return false;
  }
}
