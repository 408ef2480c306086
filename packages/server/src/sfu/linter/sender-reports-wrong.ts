import { ntpToUs } from '../../rtp/ntp.ts';
import type { SenderReport } from '../../rtp/rtcp/report.ts';
import { timestampDiff } from '../../rtp/sequence.ts';
import type { OutgoingPacket } from '../outgoing-packet.ts';
import type { Check } from './check.ts';

/** What some encoders (OBS) report before they have sent anything, and some ever after. */
const unsetTimestamp = 0xffff_ffff;
/** A report speaks of the present: further from the stream's own timestamps it is about something else. */
const maxDistanceUs = 10_000_000;
/** Between two reports both clocks advance alike; this is more than an encoder's delay can come and go. */
const maxStepUs = 500_000;
/** Reports may be 7.5 s apart, so one that was wrong stands for so long. */
const standsForUs = 8_000_000;

/** Sender reports whose clocks cannot be right: they pull sound and picture apart. */
export class SenderReportsWrongCheck implements Check {
  readonly code = 'sender-reports-wrong';
  readonly advice =
    'Update the sending software. If the clock of its machine was just set, this passes by itself; else publish again.';
  readonly #clockRate: number;
  #timestamp: number | undefined;
  #before: { readonly ntpUs: number; readonly rtpTimestamp: number } | undefined;
  #fault = '';
  #faultUs = Number.NEGATIVE_INFINITY;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  onPacket({ timestamp }: OutgoingPacket): void {
    this.#timestamp = timestamp;
  }

  onSenderReport(report: SenderReport, nowUs: number): void {
    const fault = this.#judge(report);
    if (fault === undefined) return;
    this.#fault = fault;
    this.#faultUs = nowUs;
  }

  find(nowUs: number): string | undefined {
    return nowUs - this.#faultUs < standsForUs ? this.#fault : undefined;
  }

  #judge({ ntpSeconds, ntpFraction, rtpTimestamp }: SenderReport): string | undefined {
    if (this.#timestamp === undefined) return undefined;
    if (rtpTimestamp === unsetTimestamp) return 'Sender reports carry no media time (all ones).';
    if (ntpSeconds === 0 && ntpFraction === 0) return 'Sender reports carry no wall clock time (zero).';
    if (Math.abs(this.#toUs(timestampDiff(rtpTimestamp, this.#timestamp))) > maxDistanceUs)
      return 'The media time in sender reports is not that of the stream.';
    const ntpUs = ntpToUs(ntpSeconds, ntpFraction);
    const before = this.#before;
    this.#before = { ntpUs, rtpTimestamp };
    if (before === undefined) return undefined;
    const mediaUs = this.#toUs(timestampDiff(rtpTimestamp, before.rtpTimestamp));
    const stepUs = Math.round(Math.abs(ntpUs - before.ntpUs - mediaUs));
    if (stepUs <= maxStepUs) return undefined;
    return `Wall clock and media clock moved apart by ${Math.round(stepUs / 1000)} ms from one sender report to the next.`;
  }

  #toUs(timestampUnits: number): number {
    return (timestampUnits * 1e6) / this.#clockRate;
  }
}
