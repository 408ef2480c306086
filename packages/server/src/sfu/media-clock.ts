import { timestampDiff } from '../rtp/sequence.ts';
import type { HostClock } from './host-clock.ts';

/** A report whose timestamp is further from the stream's own is broken and is ignored. */
const maxReportDistanceSeconds = 10;
/** The timestamp that some encoders (OBS) report before they have sent anything. */
const unsetTimestamp = 0xffff_ffff;
/** A host that sends no usable report for so long is taken to send none: arrival times must do. */
const reportPatienceUs = 3_000_000;

/**
 * Says when (server clock) a frame with a given RTP timestamp of one source was captured, and the reverse.
 * It rests on the host's sender reports (RFC 3550, section 6.4.1), or on arrival times where those stay away.
 */
export class MediaClock {
  readonly #clockRate: number;
  readonly #hostClock: HostClock;
  #reportTimestamp = 0;
  #reportHostUs = Number.NaN;
  #firstArrivalUs = Number.NaN;
  /** A report that came before any packet (ffmpeg's first one does): believed once a packet's timestamp bears it out. */
  #earlyReport: { readonly ntpUs: number; readonly rtpTimestamp: number; readonly arrivalUs: number } | undefined;
  #latestTimestamp = 0;
  /** The packet that travelled quickest stands for the arrival mapping. */
  #quickTimestamp = 0;
  #quickArrivalUs = Number.NaN;

  constructor(clockRate: number, hostClock: HostClock) {
    this.#clockRate = clockRate;
    this.#hostClock = hostClock;
  }

  onPacket(rtpTimestamp: number, nowUs: number): void {
    this.#latestTimestamp = rtpTimestamp;
    if (Number.isNaN(this.#firstArrivalUs)) this.#onFirstPacket(nowUs);
    const expectedUs = this.#quickArrivalUs + this.#toUs(timestampDiff(rtpTimestamp, this.#quickTimestamp));
    // Renewed each minute as well, so that neither clock drift nor the 32-bit wrap makes it stale.
    if (nowUs < expectedUs || !(nowUs - this.#quickArrivalUs < 60e6)) {
      this.#quickTimestamp = rtpTimestamp;
      this.#quickArrivalUs = nowUs;
    }
  }

  #onFirstPacket(nowUs: number): void {
    this.#firstArrivalUs = nowUs;
    const early = this.#earlyReport;
    this.#earlyReport = undefined;
    if (early !== undefined) this.onSenderReport(early.ntpUs, early.rtpTimestamp, early.arrivalUs);
  }

  /** Returns false for a report that cannot be right, or not yet be judged. */
  onSenderReport(ntpUs: number, rtpTimestamp: number, nowUs: number): boolean {
    const distance = Math.abs(timestampDiff(rtpTimestamp, this.#latestTimestamp));
    if (rtpTimestamp === unsetTimestamp) return false;
    if (Number.isNaN(this.#firstArrivalUs)) {
      this.#earlyReport = { ntpUs, rtpTimestamp, arrivalUs: nowUs };
      return false;
    }
    if (distance > maxReportDistanceSeconds * this.#clockRate) return false;
    this.#reportTimestamp = rtpTimestamp;
    this.#reportHostUs = ntpUs;
    this.#hostClock.onSenderReport(ntpUs, nowUs);
    return true;
  }

  get hasReport(): boolean {
    return !Number.isNaN(this.#reportHostUs);
  }

  /** Whether reports to viewers can be built: the host's own came, or none is to be expected any more. */
  isReady(nowUs: number): boolean {
    return this.hasReport || nowUs - this.#firstArrivalUs > reportPatienceUs;
  }

  /** Server time, in us, at which the frame was captured (less the one-way delay of the host's line). */
  captureUs(rtpTimestamp: number): number {
    if (this.hasReport) {
      const sinceReportUs = this.#toUs(timestampDiff(rtpTimestamp, this.#reportTimestamp));
      return this.#hostClock.toServerUs(this.#reportHostUs) + sinceReportUs;
    }
    return this.#quickArrivalUs + this.#toUs(timestampDiff(rtpTimestamp, this.#quickTimestamp));
  }

  /** The timestamp (32 bit) that a frame captured at `atUs` would carry. */
  timestampAt(atUs: number): number {
    const sinceUs = atUs - this.captureUs(this.#latestTimestamp);
    return (this.#latestTimestamp + Math.round((sinceUs * this.#clockRate) / 1e6)) >>> 0;
  }

  #toUs(timestampUnits: number): number {
    return (timestampUnits * 1e6) / this.#clockRate;
  }
}
