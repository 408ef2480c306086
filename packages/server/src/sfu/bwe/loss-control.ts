/** Above this loss the rate goes down, below the other it goes up (draft-ietf-rmcat-gcc-02, section 6). */
const highLoss = 0.1;
const lowLoss = 0.02;
/** A share of few packets swings by chance, and burst loss more so. */
const minPackets = 50;
const minWindowUs = 1_000_000;
/** Most of it lost is no chance: a line that was overfilled from the start, which waits for no window's end. */
const heavyLoss = 0.5;
const minHeavyWindowUs = 250_000;
/** A second, while there is no loss. */
const increaseFactor = 1.15;
/** Loss of which this share stays though the rate went down to that share is not of our making. */
const unmovedShare = 0.5;
const triedShare = 0.78;
/** Weight of a window with less loss than is taken as inherent. */
const inherentWeight = 0.1;
/** More than this is never taken as the line's nature. */
const maxInherentLoss = 0.3;

/**
 * Limits the rate by loss (section 6). Radio lines lose packets whatever is sent on them, and a lower rate only harms
 * there: loss that does not answer to a decrease is taken as inherent, and only what goes beyond counts.
 */
export class LossControl {
  /** Infinity where loss limits nothing. */
  limitBps = Number.POSITIVE_INFINITY;
  /** Of the last window, 0 to 1. */
  fractionLost = 0;
  inherentLoss = 0;
  #received = 0;
  #lost = 0;
  #windowStartUs = Number.NaN;
  /** When the loss of now began: it, and the rate. 0 while there is none. */
  #firstLoss = 0;
  #firstBps = 0;

  /**
   * Takes in what became of some packets.
   * @param targetBps what is sent at most now
   * @param acknowledgedBps what gets through, NaN while unknown
   */
  onPackets(
    received: number,
    lost: number,
    targetBps: number,
    acknowledgedBps: number,
    roundTripUs: number,
    nowUs: number,
  ): void {
    if (Number.isNaN(this.#windowStartUs)) this.#windowStartUs = nowUs;
    this.#received += received;
    this.#lost += lost;
    const elapsedUs = nowUs - this.#windowStartUs;
    const packets = this.#received + this.#lost;
    // A window is longer than a round trip, so that the next one shows what this one led to.
    const windowUs = this.#lost > heavyLoss * packets ? minHeavyWindowUs : minWindowUs;
    if (packets < minPackets || elapsedUs < windowUs + roundTripUs) return;
    this.fractionLost = this.#lost / packets;
    this.#windowStartUs = nowUs;
    this.#received = 0;
    this.#lost = 0;
    this.#onWindow(targetBps, acknowledgedBps, elapsedUs);
  }

  /** A probe got through at this rate, so that up to it the loss that was is over. */
  onProbe(bitrateBps: number): void {
    this.limitBps = Math.max(this.limitBps, bitrateBps);
  }

  #onWindow(targetBps: number, acknowledgedBps: number, elapsedUs: number): void {
    const loss = this.fractionLost;
    if (loss < this.inherentLoss) this.inherentLoss += inherentWeight * (loss - this.inherentLoss);
    const excess = loss - this.inherentLoss;
    if (excess > highLoss) {
      this.#onHighLoss(loss, excess, targetBps, acknowledgedBps);
      return;
    }
    if (excess >= lowLoss) return;
    this.#firstLoss = 0;
    this.limitBps *= increaseFactor ** (elapsedUs / 1e6);
    // Out of the way, until there is loss again.
    if (this.limitBps > 1.5 * targetBps) this.limitBps = Number.POSITIVE_INFINITY;
  }

  #onHighLoss(loss: number, excess: number, targetBps: number, acknowledgedBps: number): void {
    if (this.#firstLoss === 0) {
      this.#firstLoss = loss;
      this.#firstBps = targetBps;
    }
    const isTried = targetBps < triedShare * this.#firstBps;
    if (isTried && loss > unmovedShare * this.#firstLoss && loss < maxInherentLoss) {
      this.inherentLoss = loss;
      this.#firstLoss = 0;
      this.limitBps = Number.POSITIVE_INFINITY;
      return;
    }
    const reducedBps = targetBps * (1 - excess / 2);
    // A full link with a short buffer lets through just its rate: no need to find it step by step.
    this.limitBps = acknowledgedBps < reducedBps ? acknowledgedBps : reducedBps;
  }
}
