/** Packets that waited less tell nothing: jitter, or a frame that left as one burst. */
const busyUs = 40_000;
/** What the rate is measured over: long enough for some frames. */
const minWindowUs = 120_000;
const minPackets = 8;
/** On slow lines packets are far apart; with more between them nothing much was sent. */
const maxWindowUs = 600_000;
/** Of the window: a queue that grows by less is about to drain, or a longer route. */
const minGrowth = 0.1;

/**
 * Measures what a line carries while a queue grows before it: all that comes then comes at the line's rate, however
 * little was sent on average. So one short window tells how far a line has narrowed, which the slope of the delay tells
 * only to be so, and later.
 */
export class BusyLine {
  #startUs = Number.NaN;
  #startQueueUs = 0;
  #bytes = 0;
  #packets = 0;

  /**
   * Takes packets in the order of arrival.
   * @param queueUs how long it waited in the queue
   * @returns bits a second where a window ended in which the queue grew, else NaN
   */
  onPacket(queueUs: number, arrivalUs: number, sizeBytes: number): number {
    if (!(queueUs >= busyUs)) {
      this.#startUs = Number.NaN;
      return Number.NaN;
    }
    const elapsedUs = arrivalUs - this.#startUs;
    if (!(elapsedUs <= maxWindowUs)) {
      this.#begin(queueUs, arrivalUs);
      return Number.NaN;
    }
    this.#bytes += sizeBytes;
    this.#packets += 1;
    if (elapsedUs < minWindowUs || this.#packets < minPackets) return Number.NaN;
    const measuredBps = (this.#bytes * 8e6) / elapsedUs;
    const grows = queueUs - this.#startQueueUs > minGrowth * elapsedUs;
    this.#begin(queueUs, arrivalUs);
    return grows ? measuredBps : Number.NaN;
  }

  #begin(queueUs: number, arrivalUs: number): void {
    this.#startUs = arrivalUs;
    this.#startQueueUs = queueUs;
    this.#bytes = 0;
    this.#packets = 0;
  }
}
