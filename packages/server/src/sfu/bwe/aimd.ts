import { LinkCapacity } from './link-capacity.ts';
import type { LinkUsage } from './overuse-detector.ts';

/** On overuse, of what got through (draft-ietf-rmcat-gcc-02, section 5.5). */
const decreaseFactor = 0.85;
/** A second, while the capacity is unknown (section 5.5). */
const increaseFactor = 1.08;
/** At most so much less, to drain a queue: with less, the lowest layer of a slow line would be given up for it. */
const minDrainShare = 0.65;
const maxStepUs = 1_000_000;
/** Not above what gets through, so that a silent source does not drive the estimate up (section 5.5). */
const acknowledgedHeadroom = 1.5;
const acknowledgedHeadroomBps = 10_000;
/** How long the link takes to answer, beside the round trip (section 5.5). */
const reactionUs = 100_000;
const minAdditiveBpsPerSecond = 4_000;
const assumedFramesPerSecond = 30;
const packetBits = 1200 * 8;
/** How long to wait for the effect of a decrease: a round trip within these. */
const minDecreaseIntervalUs = 10_000;
const maxDecreaseIntervalUs = 200_000;
/** A burst of a source that otherwise sends little (a keyframe) has passed within so much time: it counts once. */
const limitedDecreaseIntervalUs = 400_000;

/** Additive increase, multiplicative decrease by the state of the queue (section 5.5). */
export class Aimd {
  bitrateBps: number;
  roundTripUs = 200_000;
  /** Of what may be sent so little is that what gets through of it says nothing of the capacity. */
  sendsLittle = false;
  readonly capacity = new LinkCapacity();
  readonly #minBps: number;
  readonly #maxBps: number;
  #holds = false;
  #changedUs = Number.NaN;
  #decreasedUs = Number.NEGATIVE_INFINITY;

  constructor(startBps: number, minBps: number, maxBps: number) {
    this.bitrateBps = startBps;
    this.#minBps = minBps;
    this.#maxBps = maxBps;
  }

  /**
   * @param acknowledgedBps what got through of late, NaN while unknown
   * @param isLimited the application sends less than it may: the estimate is not tried, so it does not grow
   */
  update(usage: LinkUsage, acknowledgedBps: number, isLimited: boolean, nowUs: number): void {
    if (usage === 'overusing') {
      if (this.#mayDecrease(acknowledgedBps, nowUs)) this.#decrease(acknowledgedBps, isLimited, nowUs);
      this.#holds = true;
    } else if (usage === 'underusing') {
      // The queue drains: wait until it has.
      this.#holds = true;
    } else if (this.#holds) {
      this.#holds = false;
      this.#changedUs = nowUs;
    } else {
      this.#increase(acknowledgedBps, isLimited, nowUs);
    }
  }

  #mayDecrease(acknowledgedBps: number, nowUs: number): boolean {
    if (this.sendsLittle) return nowUs - this.#decreasedUs >= limitedDecreaseIntervalUs;
    const intervalUs = Math.min(maxDecreaseIntervalUs, Math.max(minDecreaseIntervalUs, this.roundTripUs));
    const isDue = !(nowUs - this.#changedUs < intervalUs);
    return isDue || acknowledgedBps < this.bitrateBps / 2;
  }

  #decrease(acknowledgedBps: number, isLimited: boolean, nowUs: number): void {
    this.#decreasedUs = nowUs;
    const known = Number.isNaN(acknowledgedBps) ? this.bitrateBps : acknowledgedBps;
    if (this.sendsLittle) {
      this.#set(Math.min(this.bitrateBps, Math.max(known, decreaseFactor * this.bitrateBps)), nowUs);
      return;
    }
    if (known < this.capacity.lowerBps || known > this.capacity.upperBps) this.capacity.forget();
    // What a limited application sends says little of the capacity, only that it may be that low.
    if (!isLimited) this.capacity.onOveruse(known);
    const reducedBps = isLimited ? known : decreaseFactor * known;
    const byCapacityBps = decreaseFactor * this.capacity.estimateBps;
    const bitrateBps = reducedBps > this.bitrateBps && this.capacity.isKnown ? byCapacityBps : reducedBps;
    this.#set(Math.min(this.bitrateBps, bitrateBps), nowUs);
  }

  #increase(acknowledgedBps: number, isLimited: boolean, nowUs: number): void {
    if (acknowledgedBps > this.capacity.upperBps) this.capacity.forget();
    const elapsedUs = Math.min(maxStepUs, nowUs - this.#changedUs || 0);
    const limitBps = Number.isNaN(acknowledgedBps)
      ? Number.POSITIVE_INFINITY
      : acknowledgedHeadroom * acknowledgedBps + acknowledgedHeadroomBps;
    const stepBps = this.capacity.isKnown
      ? this.#additiveBpsPerSecond() * (elapsedUs / 1e6)
      : this.bitrateBps * (increaseFactor ** (elapsedUs / 1e6) - 1);
    const mayGrow = !isLimited && this.bitrateBps < limitBps;
    this.#set(mayGrow ? Math.min(limitBps, this.bitrateBps + stepBps) : this.bitrateBps, nowUs);
  }

  /** About one packet a response time. */
  #additiveBpsPerSecond(): number {
    const frameBits = this.bitrateBps / assumedFramesPerSecond;
    const averagePacketBits = frameBits / Math.ceil(frameBits / packetBits);
    const responseUs = 2 * (this.roundTripUs + reactionUs);
    return Math.max(minAdditiveBpsPerSecond, (averagePacketBits * 1e6) / responseUs);
  }

  /** A queue stands, though nothing shows that it grows: leaves room for it to drain within about a second. */
  drain(queueUs: number, acknowledgedBps: number, nowUs: number): void {
    const share = Math.max(minDrainShare, decreaseFactor - queueUs / 1e6);
    this.#set(Math.min(this.bitrateBps, share * (acknowledgedBps || this.bitrateBps)), nowUs);
    this.#holds = true;
  }

  /** The line was measured to carry no more; what the slope says of the same queue meanwhile is known by that. */
  decreaseTo(bitrateBps: number, nowUs: number): void {
    this.#decreasedUs = nowUs;
    this.#set(Math.min(this.bitrateBps, bitrateBps), nowUs);
    this.#holds = true;
  }

  /** What a probe has measured stands at once. */
  setEstimate(bitrateBps: number, nowUs: number): void {
    this.#set(bitrateBps, nowUs);
  }

  #set(bitrateBps: number, nowUs: number): void {
    this.bitrateBps = Math.min(this.#maxBps, Math.max(this.#minBps, bitrateBps));
    this.#changedUs = nowUs;
  }
}
