import type { ReportBlock } from '../../rtp/rtcp/report.ts';
import { SequenceUnwrapper } from '../../rtp/sequence.ts';
import { NackGenerator } from '../../sfu/nack-generator.ts';
import { ReceptionStatistics } from '../../sfu/reception-statistics.ts';

/** Sequence numbers back from the newest for which it is known whether they came. */
const historyLength = 4096;

/** Packets of one stream or several, by sequence numbers. */
export interface StreamCounts {
  /** Between the first and the last one that came, those included. */
  expected: number;
  /** Distinct ones that came in the end. */
  delivered: number;
  /** Of these: came because they were asked for again. */
  recovered: number;
  /** Still being asked for. */
  pending: number;
  duplicates: number;
  /** Runs of missing packets, before any repair. */
  gaps: number;
}

/** One SSRC that a viewer receives. */
export class ReceivedStream {
  readonly ssrc: number;
  readonly #unwrapper = new SequenceUnwrapper();
  readonly #nack = new NackGenerator();
  readonly #statistics: ReceptionStatistics;
  readonly #came = new Float64Array(historyLength).fill(-1);
  #first = -1;
  #highest = -1;
  #delivered = 0;
  #duplicates = 0;
  #gaps = 0;
  #baseline: StreamCounts | undefined;

  constructor(ssrc: number, clockRate: number) {
    this.ssrc = ssrc;
    this.#statistics = new ReceptionStatistics(clockRate);
  }

  /** Returns false for a packet that has come before. */
  onPacket(sequenceNumber: number, rtpTimestamp: number, nowUs: number): boolean {
    const extended = this.#unwrapper.unwrap(sequenceNumber);
    if (this.#came[extended % historyLength] === extended) {
      this.#duplicates += 1;
      return false;
    }
    this.#came[extended % historyLength] = extended;
    if (this.#highest >= 0 && extended > this.#highest + 1) this.#gaps += 1;
    if (this.#first < 0 || extended < this.#first) this.#first = extended;
    this.#highest = Math.max(this.#highest, extended);
    this.#delivered += 1;
    this.#nack.onPacket(extended, nowUs);
    this.#statistics.onPacket(extended, rtpTimestamp, nowUs);
    return true;
  }

  onSenderReport(ntpSeconds: number, ntpFraction: number, nowUs: number): void {
    this.#statistics.onSenderReport(ntpSeconds, ntpFraction, nowUs);
  }

  /** Appends what to ask for now, 16 bits each. Returns false where a packet was given up: a keyframe is needed. */
  collectNacks(nowUs: number, out: number[]): boolean {
    const isWhole = this.#nack.collect(nowUs, out);
    for (const [index, extended] of out.entries()) out[index] = extended & 0xffff;
    return isWhole;
  }

  report(nowUs: number): ReportBlock | undefined {
    return this.#statistics.report(this.ssrc, nowUs);
  }

  /** What `counts` gives from now on begins here. */
  startCounting(): void {
    this.#baseline = this.#total();
  }

  counts(): StreamCounts {
    const total = this.#total();
    const base = this.#baseline;
    if (base === undefined) return total;
    const expected = total.expected - base.expected;
    return {
      expected,
      // What was on its way at the start of the count may arrive in it.
      delivered: Math.min(expected, total.delivered - base.delivered),
      recovered: Math.max(0, total.recovered - base.recovered),
      pending: total.pending,
      duplicates: total.duplicates - base.duplicates,
      gaps: total.gaps - base.gaps,
    };
  }

  #total(): StreamCounts {
    return {
      expected: this.#first < 0 ? 0 : this.#highest - this.#first + 1,
      delivered: this.#delivered,
      recovered: this.#nack.recovered,
      pending: this.#nack.missingCount,
      duplicates: this.#duplicates,
      gaps: this.#gaps,
    };
  }
}
