/** Overusing: a queue grows. Underusing: it drains. */
export type LinkUsage = 'normal' | 'overusing' | 'underusing';

/** Turns a slope into the scale of the thresholds; figures of libwebrtc's trendline estimator. */
const gain = 4;
const maxCountedGroups = 60;
/** Overuse must last this long (draft-ietf-rmcat-gcc-02, section 5.4 and table 1). */
const overuseTimeMs = 10;
/** The threshold: where it begins and its bounds (section 5.4). */
const initialThreshold = 12.5;
const minThreshold = 6;
const maxThreshold = 600;
/** How fast it follows the trend up and down, a millisecond (section 5.6: K_u, K_d). */
const adaptUp = 0.0087;
const adaptDown = 0.039;
const maxAdaptMs = 100;
/** A trend further above the threshold is a sudden outlier that it does not adapt to. */
const maxOutlier = 15;

/**
 * Tells by the slope of the delay whether the link is overused. The threshold adapts, so that a flow starves neither
 * beside TCP (constant high delay) nor on a jittery line.
 */
export class OveruseDetector {
  usage: LinkUsage = 'normal';
  threshold = initialThreshold;
  #previousTrend = 0;
  #overusingMs = 0;
  #overusingGroups = 0;
  #adaptedUs = Number.NaN;

  /** @param groups number of groups that the slope rests on */
  update(slope: number, groups: number, sendDeltaUs: number, arrivalUs: number): void {
    const trend = Math.min(groups, maxCountedGroups) * slope * gain;
    this.usage = this.#judge(trend, sendDeltaUs / 1000);
    this.#previousTrend = trend;
    this.#adapt(Math.abs(trend), arrivalUs);
  }

  #judge(trend: number, sendDeltaMs: number): LinkUsage {
    if (trend <= this.threshold) {
      this.#overusingMs = 0;
      this.#overusingGroups = 0;
      return trend < -this.threshold ? 'underusing' : 'normal';
    }
    // Of the first group only a part was sent in overuse.
    this.#overusingMs += this.#overusingGroups === 0 ? sendDeltaMs / 2 : sendDeltaMs;
    this.#overusingGroups += 1;
    const lasts = this.#overusingMs > overuseTimeMs && this.#overusingGroups > 1;
    if (!lasts || trend < this.#previousTrend) return this.usage;
    this.#overusingMs = 0;
    this.#overusingGroups = 0;
    return 'overusing';
  }

  #adapt(magnitude: number, arrivalUs: number): void {
    const elapsedMs = Number.isNaN(this.#adaptedUs) ? 0 : (arrivalUs - this.#adaptedUs) / 1000;
    this.#adaptedUs = arrivalUs;
    if (magnitude > this.threshold + maxOutlier) return;
    const rate = magnitude < this.threshold ? adaptDown : adaptUp;
    const adapted = this.threshold + rate * (magnitude - this.threshold) * Math.min(elapsedMs, maxAdaptMs);
    this.threshold = Math.min(maxThreshold, Math.max(minThreshold, adapted));
  }
}
