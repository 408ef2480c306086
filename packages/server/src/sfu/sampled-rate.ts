const intervalUs = 1_000_000;

/** The rate of a counter that grows elsewhere, read once a second: no work for each packet. */
export class SampledRate {
  /** Units a second between the last two samples; 0 before. */
  perSecond = 0;
  #sampledUs = Number.NaN;
  #before = 0;

  sample(count: number, nowUs: number): void {
    const elapsedUs = nowUs - this.#sampledUs;
    if (elapsedUs < intervalUs) return;
    if (!Number.isNaN(elapsedUs)) this.perSecond = ((count - this.#before) * 1e6) / elapsedUs;
    this.#sampledUs = nowUs;
    this.#before = count;
  }
}
