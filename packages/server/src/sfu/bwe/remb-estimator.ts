import type { BandwidthEstimator, Probe } from './bandwidth-estimator.ts';
import { Prober } from './prober.ts';

/** Loss that lowers the rate and loss that lets it rise, as receivers report it (draft-ietf-rmcat-gcc-02, section 6). */
const highLoss = 0.1;
const lowLoss = 0.02;
/** From report to report, which is about a second. */
const increaseFactor = 1.08;
/** Loss that limits so little any more is over. */
const clearFactor = 1.5;
/** So long after the estimate went down no probe goes out. */
const calmUs = 3_000_000;
const startBps = 300_000;
const minBps = 30_000;
/** Receivers begin far below what the line carries; after so long they have got there. */
const firstEstimatesUs = 3_000_000;
const minCatchUpBps = 4_000_000;

/**
 * The fall-back for viewers without transport-wide feedback: believes the receiver's own estimate
 * (draft-alvestrand-rmcat-remb-03), below what loss allows. A receiver estimates only what it has seen come in, so it is
 * probed as well.
 */
export class RembEstimator implements BandwidthEstimator {
  #rembBps = startBps;
  #lossLimitBps = Number.POSITIVE_INFINITY;
  #demandBps = Number.POSITIVE_INFINITY;
  #loweredUs = Number.NEGATIVE_INFINITY;
  #firstRembUs = Number.NaN;
  #isSettled = false;
  readonly #prober = new Prober(startBps);

  /** A receiver tells its estimate only. */
  readonly queueUs = 0;
  readonly isMeasured = true;
  /** Receivers estimate what they have seen of the stream; not all count retransmissions. */
  readonly isProbed = false;

  get targetBps(): number {
    return Math.max(minBps, Math.min(this.#rembBps, this.#lossLimitBps));
  }

  /** Its first estimates take a receiver some seconds, for which nobody can wait. */
  get catchUpBps(): number {
    return this.#isSettled ? this.targetBps : Math.max(minCatchUpBps, this.targetBps);
  }

  get catchUpGrows(): boolean {
    return !this.#isSettled;
  }

  onPacketSent(): void {}

  onTransportFeedback(): void {}

  onReceiverReport(fractionLost: number, _roundTripUs: number, nowUs: number): void {
    if (fractionLost > highLoss) {
      this.#lossLimitBps = this.targetBps * (1 - fractionLost / 2);
      this.#loweredUs = nowUs;
    } else if (fractionLost < lowLoss) {
      this.#lossLimitBps *= increaseFactor;
      if (this.#lossLimitBps > clearFactor * this.#rembBps) this.#lossLimitBps = Number.POSITIVE_INFINITY;
    }
  }

  onRemb(bitrateBps: number, nowUs: number): void {
    if (bitrateBps < this.#rembBps) this.#loweredUs = nowUs;
    this.#rembBps = bitrateBps;
    if (Number.isNaN(this.#firstRembUs)) this.#firstRembUs = nowUs;
    this.#isSettled = nowUs - this.#firstRembUs >= firstEstimatesUs;
    this.#prober.onResult(bitrateBps, nowUs);
  }

  setDemand(bitrateBps: number): void {
    this.#demandBps = bitrateBps;
  }

  tick(): void {}

  nextProbe(nowUs: number): Probe | undefined {
    const isCalm = nowUs - this.#loweredUs > calmUs;
    return this.#prober.next(this.targetBps, this.#demandBps, isCalm, nowUs);
  }

  dump(): object {
    return {
      kind: 'remb',
      targetBps: this.targetBps,
      rembBps: this.#rembBps,
      lossLimitBps: this.#lossLimitBps,
      demandBps: this.#demandBps,
    };
  }
}
