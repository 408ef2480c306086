import type { Source } from '../source.ts';
import { type Check, seconds } from './check.ts';

/** The first report is due after 2.5 s, which a sender may stretch by half, and compensates (RFC 3550, section 6.3.1). */
const firstReportPatienceUs = 4_000_000;
/** The later ones come every 5 s, stretched by half; one may be lost. */
const reportPatienceUs = 15_000_000;

/** Without sender reports nobody knows which sound belongs to which picture. */
export class SenderReportsMissingCheck implements Check {
  readonly code = 'sender-reports-missing';
  readonly advice =
    'Have the sender send RTCP sender reports for each stream; with GStreamer send through rtpbin and link its RTCP pads.';
  readonly #source: Source;
  /** A layer that comes back after a pause is given time as at the start. */
  #waitingSinceUs: number;
  #patienceUs = firstReportPatienceUs;
  #hadReport = false;

  constructor(source: Source, startUs: number) {
    this.#source = source;
    this.#waitingSinceUs = startUs;
  }

  onSenderReport(_report: unknown, nowUs: number): void {
    this.#hadReport = true;
    this.#waitingSinceUs = nowUs;
    this.#patienceUs = reportPatienceUs;
  }

  find(nowUs: number): string | undefined {
    if (!this.#source.isLive(nowUs)) {
      this.#waitingSinceUs = nowUs;
      this.#patienceUs = firstReportPatienceUs;
    }
    const waitedUs = nowUs - this.#waitingSinceUs;
    if (waitedUs <= this.#patienceUs) return undefined;
    const since = this.#hadReport ? `for ${seconds(waitedUs)}` : 'at all';
    return `No RTCP sender reports have come ${since}: sound and picture cannot be kept in step.`;
  }
}
