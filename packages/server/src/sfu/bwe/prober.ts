import type { Probe } from './bandwidth-estimator.ts';

/** Packets that a probe needs at least: the rate is measured between them. */
export const minProbePackets = 5;
/** So much time a probe takes at its rate: at a tick of 20 ms it leaves in two parts, between which to measure. */
const minDurationUs = 25_000;
/** On slow lines packets are small; five large ones would fill such a line for long. */
const minPacketBytes = 500;
/** The first probe, as a multiple of the start rate. */
const initialFactor = 3;
/** The next one, as a multiple of what the last one found. */
const followUpFactor = 2;
/** A probe that found this share of its rate was not stopped by the line: higher. */
const successShare = 0.7;
/** Results that come later are not followed up. */
const resultTimeoutUs = 1_000_000;
/** A first probe that has shown nothing by then is tried again, some times: a busy receiver took all of it at once. */
const startRetryUs = 500_000;
const maxStartTries = 4;
/** Now and then: the line may carry more than it did. */
const intervalUs = 5_000_000;
const periodicFactor = 2;
/** After a deep drop more often, for a while: most such drops pass. */
const recoveryIntervalUs = 2_500_000;
const recoveryUs = 30_000_000;
const deepDropShare = 0.66;
/** Above the demand, so that the layers fit with some room. */
export const demandHeadroom = 1.25;
/** Of the demand: what is above needs no probe. More than the margin with which layers are taken (`upMargin`). */
const enoughShare = 1.18;

/**
 * Says when to probe and how high: steeply at the start, again as long as it finds more, and periodically while less is
 * carried than is wanted.
 */
export class Prober {
  #wantedBps: number;
  /** The first probe, until it has shown something. */
  #startProbe: Omit<Probe, 'id'> | undefined;
  #startTries = 0;
  #probeBps = 0;
  #probedUs = Number.NEGATIVE_INFINITY;
  #recoveringUntilUs = Number.NEGATIVE_INFINITY;
  #highestBps = 0;
  #id = 0;

  /** @param startProbe the first one, as soon as more is wanted than the start rate carries */
  constructor(startBps: number, startProbe?: Omit<Probe, 'id'>) {
    this.#startProbe = startProbe;
    this.#wantedBps = initialFactor * startBps;
  }

  /**
   * The probe that is due, if any.
   * @param isCalm no sign of a full link of late, so that a periodic probe may go out
   */
  next(targetBps: number, demandBps: number, isCalm: boolean, nowUs: number): Probe | undefined {
    const startProbe = this.#startProbe;
    const isStart = this.#startTries === 0 || (isCalm && nowUs - this.#probedUs >= startRetryUs);
    if (startProbe !== undefined && isStart && targetBps < enoughShare * demandBps) {
      this.#startTries += 1;
      if (this.#startTries === maxStartTries) this.#startProbe = undefined;
      this.#wantedBps = 0;
      return this.#begin(startProbe, nowUs);
    }
    const isRecovering = nowUs < this.#recoveringUntilUs;
    if (isCalm && nowUs - this.#probedUs >= (isRecovering ? recoveryIntervalUs : intervalUs)) {
      this.#wantedBps = Math.max(this.#wantedBps, periodicFactor * targetBps);
    }
    const bitrateBps = Math.min(this.#wantedBps, demandHeadroom * demandBps);
    this.#wantedBps = 0;
    if (bitrateBps <= targetBps || targetBps >= enoughShare * demandBps) return undefined;
    const bytes = Math.round(Math.max(minProbePackets * minPacketBytes, (bitrateBps * minDurationUs) / 8e6));
    return this.#begin({ bitrateBps: Math.round(bitrateBps), bytes, packets: minProbePackets }, nowUs);
  }

  #begin(probe: Omit<Probe, 'id'>, nowUs: number): Probe {
    this.#probeBps = probe.bitrateBps;
    this.#probedUs = nowUs;
    this.#id = (this.#id % 0xffff) + 1;
    return { ...probe, id: this.#id };
  }

  onResult(resultBps: number, nowUs: number): void {
    this.#startProbe = undefined;
    if (nowUs - this.#probedUs > resultTimeoutUs || resultBps < successShare * this.#probeBps) return;
    this.#wantedBps = followUpFactor * resultBps;
  }

  /**
   * Told of the rates whenever they change, to see a deep drop below what got through before.
   * @param acknowledgedBps NaN while unknown
   */
  onRates(targetBps: number, acknowledgedBps: number, nowUs: number): void {
    if (targetBps < deepDropShare * this.#highestBps) {
      this.#recoveringUntilUs = nowUs + recoveryUs;
      this.#highestBps = targetBps;
    }
    this.#highestBps = Math.max(this.#highestBps, Math.min(targetBps, acknowledgedBps || 0));
  }
}
