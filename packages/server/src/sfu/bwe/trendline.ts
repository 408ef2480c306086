/** Groups that the line is fitted through. */
const windowSize = 20;
const smoothing = 0.9;

/**
 * The slope of the one-way delay: a line fitted (least squares) through the smoothed sum of delay changes. It took the
 * place of the Kalman filter of draft-ietf-rmcat-gcc-02, section 5.3, in libwebrtc.
 */
export class Trendline {
  /** Milliseconds of delay a millisecond: above 0 the queue grows. 0 until the window is full. */
  slope = 0;
  /** Groups seen. */
  count = 0;
  readonly #arrivalMs = new Float64Array(windowSize);
  readonly #delayMs = new Float64Array(windowSize);
  #sumMs = 0;
  #smoothedMs = 0;
  #firstArrivalUs = 0;

  update(sendDeltaUs: number, arrivalDeltaUs: number, arrivalUs: number): void {
    if (this.count === 0) this.#firstArrivalUs = arrivalUs;
    this.#sumMs += (arrivalDeltaUs - sendDeltaUs) / 1000;
    this.#smoothedMs = smoothing * this.#smoothedMs + (1 - smoothing) * this.#sumMs;
    const slot = this.count % windowSize;
    this.#arrivalMs[slot] = (arrivalUs - this.#firstArrivalUs) / 1000;
    this.#delayMs[slot] = this.#smoothedMs;
    this.count += 1;
    if (this.count >= windowSize) this.slope = this.#fit();
  }

  #fit(): number {
    let meanX = 0;
    let meanY = 0;
    for (let i = 0; i < windowSize; i += 1) {
      meanX += (this.#arrivalMs[i] ?? 0) / windowSize;
      meanY += (this.#delayMs[i] ?? 0) / windowSize;
    }
    let covariance = 0;
    let variance = 0;
    for (let i = 0; i < windowSize; i += 1) {
      const x = (this.#arrivalMs[i] ?? 0) - meanX;
      covariance += x * ((this.#delayMs[i] ?? 0) - meanY);
      variance += x * x;
    }
    return variance === 0 ? this.slope : covariance / variance;
  }
}
