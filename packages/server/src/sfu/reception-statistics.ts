import { compactNtp, durationToCompactNtp } from '../rtp/ntp.ts';
import type { ReportBlock } from '../rtp/rtcp/report.ts';

const maxCumulativeLost = 0x7fffff;
const minCumulativeLost = -0x800000;

/** Loss and jitter of one incoming SSRC, after RFC 3550, appendix A.3 and A.8. */
export class ReceptionStatistics {
  readonly #clockRate: number;
  #first = -1;
  #highest = -1;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #jitter = 0;
  #transitBefore = Number.NaN;
  #lastSenderReport = 0;
  #lastSenderReportUs = 0;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  get received(): number {
    return this.#received;
  }

  get lost(): number {
    return this.#first < 0 ? 0 : this.#highest - this.#first + 1 - this.#received;
  }

  get jitterUs(): number {
    return (this.#jitter / this.#clockRate) * 1e6;
  }

  onPacket(extendedSequence: number, rtpTimestamp: number, nowUs: number): void {
    if (this.#first < 0 || extendedSequence < this.#first) this.#first = extendedSequence;
    this.#received += 1;
    if (extendedSequence <= this.#highest) return;
    this.#highest = extendedSequence;
    const arrival = (nowUs * this.#clockRate) / 1e6;
    // Both clocks are taken modulo 2^32, as the timestamp is.
    const transit = (arrival - rtpTimestamp) % 0x1_0000_0000;
    const difference = Math.abs(transit - this.#transitBefore);
    this.#transitBefore = transit;
    // A wrap of the modulo, or a jump of the host's clock, is not jitter.
    if (difference < this.#clockRate * 10) this.#jitter += (difference - this.#jitter) / 16;
  }

  /** For the report block: the host's last sender report, as its own clock gave it. */
  onSenderReport(ntpSeconds: number, ntpFraction: number, nowUs: number): void {
    this.#lastSenderReport = compactNtp(ntpSeconds, ntpFraction);
    this.#lastSenderReportUs = nowUs;
  }

  /** The block for a receiver report, which begins the next interval; undefined before the first packet. */
  report(ssrc: number, nowUs: number): ReportBlock | undefined {
    if (this.#first < 0) return undefined;
    const expected = this.#highest - this.#first + 1;
    const expectedNow = expected - this.#expectedBefore;
    const lostNow = expectedNow - (this.#received - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    return {
      ssrc,
      fractionLost: expectedNow <= 0 || lostNow <= 0 ? 0 : Math.min(255, Math.floor((lostNow * 256) / expectedNow)),
      cumulativeLost: Math.max(minCumulativeLost, Math.min(maxCumulativeLost, this.lost)),
      // The unwrapper begins one cycle up, so that reordering around the start stays above zero.
      highestSequenceNumber: (this.#highest - 0x1_0000) % 0x1_0000_0000,
      jitter: Math.floor(this.#jitter),
      lastSenderReport: this.#lastSenderReport,
      delaySinceLastSenderReport:
        this.#lastSenderReport === 0 ? 0 : durationToCompactNtp(nowUs - this.#lastSenderReportUs),
    };
  }
}
