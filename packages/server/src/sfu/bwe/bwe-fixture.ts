import { notReceived, type TransportFeedback } from '../../rtp/rtcp/transport-feedback.ts';
import type { BandwidthEstimator } from './bandwidth-estimator.ts';

/** Feedback as a viewer would send it: one arrival a packet from `base` on, undefined where it was lost. */
export function feedbackOf(base: number, arrivalsUs: readonly (number | undefined)[]): TransportFeedback {
  return {
    senderSsrc: 1,
    mediaSsrc: 2,
    feedbackCount: 0,
    baseSequenceNumber: base & 0xffff,
    arrivalTimesUs: arrivalsUs.map((arrivalUs) => arrivalUs ?? notReceived),
  };
}

export interface Exchange {
  readonly packets: number;
  readonly sizeBytes: number;
  readonly sendIntervalUs: number;
  readonly arrivalIntervalUs: number;
}

/** Packets at one interval that arrive at another: sends them, then reports every ten of them. */
export class Conversation {
  nowUs = 1_000_000;
  #sequence = 0;
  #arrivalUs = 5_000_000;
  readonly #estimator: BandwidthEstimator;

  constructor(estimator: BandwidthEstimator) {
    this.#estimator = estimator;
  }

  run({ packets, sizeBytes, sendIntervalUs, arrivalIntervalUs }: Exchange): void {
    let arrivals: number[] = [];
    for (let sent = 1; sent <= packets; sent += 1) {
      this.nowUs += sendIntervalUs;
      this.#arrivalUs += arrivalIntervalUs;
      this.#estimator.onPacketSent(this.#sequence, sizeBytes, this.nowUs, 0);
      this.#sequence = (this.#sequence + 1) & 0xffff;
      arrivals.push(this.#arrivalUs);
      this.#estimator.tick(this.nowUs);
      if (arrivals.length < 10) continue;
      this.#estimator.onTransportFeedback(feedbackOf(this.#sequence - arrivals.length, arrivals), this.nowUs + 20_000);
      arrivals = [];
    }
  }
}
