import type { ReportBlock } from '../rtp/rtcp/report.ts';

/** What one viewer's receiver reports say of one downstream (RFC 3550, section 6.4.1). Counts are before repair. */
export class ReceiverView {
  /** Share of packets lost between the last two reports, 0 to 1; NaN before the first. */
  fractionLost = Number.NaN;
  /** Since the start; duplicates can make it negative. */
  packetsLost = 0;
  jitterUs = Number.NaN;
  /** When the last report came; NaN before it. */
  reportedUs = Number.NaN;
  /** Reports in a row in which nothing new had arrived although something was sent: the viewer gets nothing. */
  emptyReports = 0;
  #highest = -1;
  #sentBefore = 0;

  /** @param packetsSent since the start, when the report came */
  onReport(block: ReportBlock, clockRate: number, packetsSent: number, nowUs: number): void {
    this.fractionLost = block.fractionLost / 256;
    this.packetsLost = block.cumulativeLost;
    this.jitterUs = (block.jitter / clockRate) * 1e6;
    this.reportedUs = nowUs;
    const isEmpty = block.highestSequenceNumber === this.#highest && packetsSent > this.#sentBefore;
    this.emptyReports = isEmpty ? this.emptyReports + 1 : 0;
    this.#highest = block.highestSequenceNumber;
    this.#sentBefore = packetsSent;
  }
}
