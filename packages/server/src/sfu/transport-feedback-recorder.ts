import { TransportFeedbackBuilder } from '../rtp/rtcp/transport-feedback-builder.ts';
import { SequenceUnwrapper } from '../rtp/sequence.ts';

/** As often as libwebrtc does at a bitrate of some Mbps; each feedback moves the host's estimate. */
const intervalUs = 50_000;
/** Arrivals kept; more than a host sends in an interval even at 100 Mbps. */
const capacity = 4096;

/** Notes when the host's packets arrive and reports it back, so that the host can estimate its line. */
export class TransportFeedbackRecorder {
  readonly #builder: TransportFeedbackBuilder;
  readonly #unwrapper = new SequenceUnwrapper();
  readonly #arrivalUs = new Float64Array(capacity).fill(-1);
  readonly #report: number[] = [];
  /** First number of the next report, and the highest seen; -1 before the first packet. */
  #next = -1;
  #highest = -1;
  #lastReportUs = 0;

  constructor(senderSsrc: number) {
    this.#builder = new TransportFeedbackBuilder(senderSsrc);
  }

  onPacket(transportSequence: number, nowUs: number): void {
    const extended = this.#unwrapper.unwrap(transportSequence);
    if (this.#next < 0) this.#next = extended;
    // Already reported as lost: the sender has acted on that.
    if (extended < this.#next) return;
    if (extended >= this.#next + capacity) this.#skipTo(extended);
    this.#arrivalUs[extended % capacity] = nowUs;
    if (extended > this.#highest) this.#highest = extended;
  }

  /** The numbers jumped by more than is kept: the report begins anew behind the jump. */
  #skipTo(extended: number): void {
    this.#arrivalUs.fill(-1);
    this.#next = extended;
  }

  /** The feedback packets that are due; mostly none. */
  collect(mediaSsrc: number, nowUs: number): readonly Buffer[] {
    if (this.#highest < this.#next || nowUs - this.#lastReportUs < intervalUs) return noFeedback;
    this.#lastReportUs = nowUs;
    this.#report.length = 0;
    for (let sequence = this.#next; sequence <= this.#highest; sequence += 1) {
      const slot = sequence % capacity;
      this.#report.push(this.#arrivalUs[slot] ?? -1);
      this.#arrivalUs[slot] = -1;
    }
    const base = this.#next & 0xffff;
    this.#next = this.#highest + 1;
    return this.#builder.build(mediaSsrc, base, this.#report);
  }
}

const noFeedback: readonly Buffer[] = [];
