/** Arrivals are counted in windows; the first is longer, to begin with a figure that holds. */
const windowUs = 150_000;
const initialWindowUs = 500_000;
/** Doubt in a sample, by how far it lies from the estimate; figures of libwebrtc. */
const sampleDoubt = 10;
/** A source that sends little makes low samples, which say little of the line. */
const limitedSampleDoubt = 20;
/** By this the estimate itself grows doubtful from sample to sample. */
const driftVariance = 5;
const initialVariance = 50;

/** The rate at which packets arrive at the viewer, by a Bayesian mean of short windows. */
export class AcknowledgedBitrate {
  /** NaN until the first window is full. */
  estimateBps = Number.NaN;
  #variance = initialVariance;
  #windowStartUs = Number.NaN;
  #lastArrivalUs = 0;
  #bytes = 0;

  /** Takes packets in the order of their arrival. */
  onPacket(arrivalUs: number, sizeBytes: number, isLimited: boolean): void {
    const lengthUs = Number.isNaN(this.estimateBps) ? initialWindowUs : windowUs;
    if (Number.isNaN(this.#windowStartUs) || arrivalUs < this.#lastArrivalUs) this.#begin(arrivalUs);
    // A gap longer than a window: nothing was sent, which is no sample.
    if (arrivalUs - this.#lastArrivalUs > lengthUs) this.#begin(arrivalUs);
    this.#lastArrivalUs = arrivalUs;
    const elapsedUs = arrivalUs - this.#windowStartUs;
    if (elapsedUs >= lengthUs) {
      this.#update((this.#bytes * 8 * 1e6) / elapsedUs, isLimited);
      this.#begin(arrivalUs);
    }
    this.#bytes += sizeBytes;
  }

  #begin(arrivalUs: number): void {
    this.#windowStartUs = arrivalUs;
    this.#lastArrivalUs = arrivalUs;
    this.#bytes = 0;
  }

  #update(sampleBps: number, isLimited: boolean): void {
    if (Number.isNaN(this.estimateBps)) {
      this.estimateBps = sampleBps;
      return;
    }
    const doubt = isLimited && sampleBps < this.estimateBps ? limitedSampleDoubt : sampleDoubt;
    const sampleVariance = ((doubt * (this.estimateBps - sampleBps)) / this.estimateBps) ** 2;
    const variance = this.#variance + driftVariance;
    const sum = sampleVariance + variance;
    this.estimateBps = (sampleVariance * this.estimateBps + variance * sampleBps) / sum;
    this.#variance = (sampleVariance * variance) / sum;
  }

  /** More is about to be sent, or less gets through: the next samples are to be believed. */
  expectChange(): void {
    this.#variance += 200;
  }
}
