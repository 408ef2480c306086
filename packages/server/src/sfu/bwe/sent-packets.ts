import { notReceived, receiverClockWrapUs, type TransportFeedback } from '../../rtp/rtcp/transport-feedback.ts';
import type { PacketResults } from './packet-results.ts';

/** Power of two. A second at 20 Mbps: feedback comes within a round trip and 100 ms. */
const capacity = 2048;
const mask = capacity - 1;

const status = { none: 0, inFlight: 1, reportedLost: 2 } as const;

/** What was sent to one viewer lately, by transport-wide sequence number. Nothing is allocated after construction. */
export class SentPackets {
  readonly #sequence = new Uint16Array(capacity);
  readonly #status = new Uint8Array(capacity);
  readonly #sentUs = new Float64Array(capacity);
  readonly #sizeBytes = new Uint16Array(capacity);
  readonly #probeId = new Uint16Array(capacity);
  #lastArrivalUs = Number.NaN;

  record(transportSequence: number, sizeBytes: number, nowUs: number, probeId: number): void {
    const slot = transportSequence & mask;
    this.#sequence[slot] = transportSequence;
    this.#status[slot] = status.inFlight;
    this.#sentUs[slot] = nowUs;
    this.#sizeBytes[slot] = sizeBytes;
    this.#probeId[slot] = probeId;
  }

  /** Looks up what `feedback` tells of. Each arrival and each loss comes out once, however often it is reported. */
  resolve(feedback: TransportFeedback, results: PacketResults): void {
    results.clear();
    for (let index = 0; index < feedback.arrivalTimesUs.length; index += 1) {
      const sequence = (feedback.baseSequenceNumber + index) & 0xffff;
      const slot = sequence & mask;
      const state = this.#status[slot];
      if (this.#sequence[slot] !== sequence || state === status.none) continue;
      const reportedUs = feedback.arrivalTimesUs[index] ?? notReceived;
      if (reportedUs === notReceived) {
        // It may still come: the slot is kept.
        if (state === status.inFlight) results.lost += 1;
        this.#status[slot] = status.reportedLost;
        continue;
      }
      this.#status[slot] = status.none;
      const arrivalUs = this.#unwrap(reportedUs);
      results.add(this.#sentUs[slot] ?? 0, arrivalUs, this.#sizeBytes[slot] ?? 0, this.#probeId[slot] ?? 0);
    }
  }

  #unwrap(arrivalUs: number): number {
    let unwrapped = arrivalUs;
    if (!Number.isNaN(this.#lastArrivalUs)) {
      const wraps = Math.round((this.#lastArrivalUs - arrivalUs) / receiverClockWrapUs);
      unwrapped += wraps * receiverClockWrapUs;
    }
    this.#lastArrivalUs = unwrapped;
    return unwrapped;
  }
}
