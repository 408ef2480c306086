/** Weight of a new sample. */
const overuseWeight = 0.05;
const probeWeight = 0.5;
/** Bounds to the variance, relative to the estimate, in kbps; figures of libwebrtc. */
const minVariance = 0.4;
const maxVariance = 2.5;
/** What lies further away, in standard deviations, is another capacity (draft-ietf-rmcat-gcc-02, section 5.5). */
const deviations = 3;
/** And at least so much further: rates of slow lines are measured over few packets. */
const minMargin = 0.12;

/** The rate at which the link was seen to be full. */
export class LinkCapacity {
  /** NaN while unknown. */
  estimateBps = Number.NaN;
  #variance = minVariance;

  get isKnown(): boolean {
    return !Number.isNaN(this.estimateBps);
  }

  /** NaN, which no rate is above or below, while unknown. */
  get upperBps(): number {
    return this.estimateBps + this.#marginBps();
  }

  get lowerBps(): number {
    return this.estimateBps - this.#marginBps();
  }

  #marginBps(): number {
    const deviationBps = Math.sqrt(this.#variance * (this.estimateBps / 1000)) * 1000;
    return Math.max(deviations * deviationBps, minMargin * this.estimateBps);
  }

  onOveruse(acknowledgedBps: number): void {
    this.#update(acknowledgedBps, overuseWeight);
  }

  onProbe(bitrateBps: number): void {
    this.#update(bitrateBps, probeWeight);
  }

  #update(sampleBps: number, weight: number): void {
    this.estimateBps = this.isKnown ? this.estimateBps + weight * (sampleBps - this.estimateBps) : sampleBps;
    const errorKbps = (this.estimateBps - sampleBps) / 1000;
    const relative = errorKbps ** 2 / Math.max(1, this.estimateBps / 1000);
    const variance = (1 - weight) * this.#variance + weight * relative;
    this.#variance = Math.min(maxVariance, Math.max(minVariance, variance));
  }

  forget(): void {
    this.estimateBps = Number.NaN;
  }
}
