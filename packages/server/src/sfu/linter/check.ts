import type { SenderReport } from '../../rtp/rtcp/report.ts';
import type { OutgoingPacket } from '../outgoing-packet.ts';
import type { StreamWarningCode } from './stream-warning.ts';

/** How often `find` is called. */
export const checkIntervalUs = 250_000;

/** Looks for one fault. Each waits as long as it needs to be sure, so what it finds can be told at once. */
export interface Check {
  readonly code: StreamWarningCode;
  readonly advice: string;
  /** In sending order: packets that come late, reordered or retransmitted, are left out. */
  onPacket?(packet: OutgoingPacket, nowUs: number): void;
  onSenderReport?(report: SenderReport, nowUs: number): void;
  /** @returns what is wrong now, in a sentence with figures; undefined where nothing is */
  find(nowUs: number): string | undefined;
}

/** For the details: whole seconds, with their unit. */
export function seconds(durationUs: number): string {
  return `${Math.round(durationUs / 1e6)} s`;
}
