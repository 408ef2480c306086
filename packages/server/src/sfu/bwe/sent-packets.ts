import { notReceived, receiverClockWrapUs, type TransportFeedback } from '../../rtp/rtcp/transport-feedback.ts';
import type { PacketResults } from './packet-results.ts';

/** Feedback comes within a round trip and 100 ms. */
const keptUs = 1_000_000;
/** Powers of two: with the first one a viewer of little takes little memory, the last one is a second at 20 Mbps. */
const firstCapacity = 128;
const lastCapacity = 2048;

const status = { none: 0, inFlight: 1, reportedLost: 2 } as const;

/**
 * What was sent to one viewer lately, by transport-wide sequence number. It grows where packets would be forgotten that
 * feedback may still tell of, a few times at most; else nothing is allocated.
 */
export class SentPackets {
  #entries = new Entries(firstCapacity);
  #lastArrivalUs = Number.NaN;

  record(transportSequence: number, sizeBytes: number, nowUs: number, probeId: number): void {
    if (this.#entries.capacity < lastCapacity && this.#entries.isAwaited(transportSequence, nowUs - keptUs))
      this.#entries = this.#entries.doubled();
    this.#entries.set(transportSequence, sizeBytes, nowUs, probeId);
  }

  /** Looks up what `feedback` tells of. Each arrival and each loss comes out once, however often it is reported. */
  resolve(feedback: TransportFeedback, results: PacketResults): void {
    results.clear();
    const { mask, sequence: sequences, status: states, sentUs, sizeBytes, probeId } = this.#entries;
    for (let index = 0; index < feedback.arrivalTimesUs.length; index += 1) {
      const sequence = (feedback.baseSequenceNumber + index) & 0xffff;
      const slot = sequence & mask;
      const state = states[slot];
      if (sequences[slot] !== sequence || state === status.none) continue;
      const reportedUs = feedback.arrivalTimesUs[index] ?? notReceived;
      if (reportedUs === notReceived) {
        // It may still come: the slot is kept.
        if (state === status.inFlight) results.lost += 1;
        states[slot] = status.reportedLost;
        continue;
      }
      states[slot] = status.none;
      const arrivalUs = this.#unwrap(reportedUs);
      results.add(sentUs[slot] ?? 0, arrivalUs, sizeBytes[slot] ?? 0, probeId[slot] ?? 0);
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

/** The place of each is that of its number's last bits. */
class Entries {
  readonly capacity: number;
  readonly mask: number;
  readonly sequence: Uint16Array;
  readonly status: Uint8Array;
  readonly sentUs: Float64Array;
  readonly sizeBytes: Uint16Array;
  readonly probeId: Uint16Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.mask = capacity - 1;
    this.sequence = new Uint16Array(capacity);
    this.status = new Uint8Array(capacity);
    this.sentUs = new Float64Array(capacity);
    this.sizeBytes = new Uint16Array(capacity);
    this.probeId = new Uint16Array(capacity);
  }

  /** Whether another packet, sent later than this, still has the place of this number. */
  isAwaited(transportSequence: number, sinceUs: number): boolean {
    const slot = transportSequence & this.mask;
    return this.status[slot] !== status.none && (this.sentUs[slot] ?? 0) > sinceUs;
  }

  set(transportSequence: number, sizeBytes: number, nowUs: number, probeId: number): void {
    const slot = transportSequence & this.mask;
    this.sequence[slot] = transportSequence;
    this.status[slot] = status.inFlight;
    this.sentUs[slot] = nowUs;
    this.sizeBytes[slot] = sizeBytes;
    this.probeId[slot] = probeId;
  }

  /** The same entries, with room for as many again. */
  doubled(): Entries {
    const larger = new Entries(2 * this.capacity);
    for (let from = 0; from < this.capacity; from += 1) {
      const to = (this.sequence[from] ?? 0) & larger.mask;
      larger.sequence[to] = this.sequence[from] ?? 0;
      larger.status[to] = this.status[from] ?? status.none;
      larger.sentUs[to] = this.sentUs[from] ?? 0;
      larger.sizeBytes[to] = this.sizeBytes[from] ?? 0;
      larger.probeId[to] = this.probeId[from] ?? 0;
    }
    return larger;
  }
}
