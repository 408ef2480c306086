import type { GeneratorHealth } from '../worker/generator-health.ts';
import type { HostRecord, WorkerResult } from '../worker/worker-messages.ts';
import { DelayHistogram, type Percentiles, percentiles } from './histogram.ts';
import type { MachineUse, ServerUse } from './machine.ts';
import type { SessionRecord } from './session-record.ts';
import { whatLimitedIt } from './verdict.ts';

/** All figures of a run; docs/load.md says what each means. */
export interface LoadReport {
  readonly hosts: { readonly published: number; readonly failed: number; readonly packets: number };
  readonly viewers: {
    readonly planned: number;
    /** With churn each viewer has several. */
    readonly sessions: number;
    readonly connected: number;
    readonly failed: number;
  };
  /** How many sessions failed, by reason. */
  readonly errors: Readonly<Record<string, number>>;
  /** Examples. */
  readonly messages: readonly string[];
  readonly answerMs: Percentiles;
  readonly connectMs: Percentiles;
  readonly firstPacketMs: Percentiles;
  readonly firstKeyframeMs: Percentiles;
  /** Of packets, from the host to a viewer, where both are of this machine and the media is synthetic. */
  readonly delayMs: Percentiles;
  readonly packets: PacketFigures;
  readonly generator: {
    /** Nothing in it was short: what is missing is the server's, or the line's. */
    readonly wasLimit: boolean;
    readonly reasons: readonly string[];
    readonly processes: readonly GeneratorHealth[];
    readonly machine: MachineUse;
  };
  readonly server: ServerUse | undefined;
}

export interface PacketFigures {
  readonly expected: number;
  readonly delivered: number;
  readonly lost: number;
  /** After repair: `lost` of `expected`. */
  readonly lossRatio: number;
  /** What was not there at first, repaired or not. */
  readonly lossRatioBeforeRepair: number;
  readonly recovered: number;
  /** Taken as lost by the viewers on purpose. */
  readonly ignored: number;
  readonly duplicates: number;
  readonly gaps: number;
  /** Of all kinds, as they came. */
  readonly received: number;
  readonly receivedBytes: number;
  /** Sessions whose `expected` is by the host's own count; the others' is by sequence numbers. */
  readonly tracedSessions: number;
}

export interface RunOutcome {
  readonly planned: number;
  readonly results: readonly WorkerResult[];
  readonly hosts: readonly HostRecord[];
  readonly machine: MachineUse;
  readonly server: ServerUse | undefined;
}

export function makeReport({ planned, results, hosts, machine, server }: RunOutcome): LoadReport {
  const sessions = results.flatMap((result) => result.sessions);
  const processes = results.map(({ health }) => health);
  const delays = new DelayHistogram();
  for (const result of results) delays.merge(result.delays);
  const of = (pick: (session: SessionRecord) => number | undefined) =>
    percentiles(sessions.flatMap((session) => pick(session) ?? []));
  const reasons = whatLimitedIt(processes, machine);
  return {
    hosts: {
      published: hosts.filter(({ error }) => error === undefined).length,
      failed: hosts.filter(({ error }) => error !== undefined).length,
      packets: hosts.reduce((sum, { packets }) => sum + packets, 0),
    },
    viewers: {
      planned,
      sessions: sessions.length,
      connected: sessions.filter(({ connectMs }) => connectMs !== undefined).length,
      failed: sessions.filter(({ error }) => error !== undefined).length,
    },
    errors: countErrors([...sessions, ...hosts]),
    messages: [...new Set([...hosts.flatMap(({ message }) => message ?? []), ...results.flatMap((r) => r.messages)])],
    answerMs: of(({ answerMs }) => answerMs),
    connectMs: of(({ connectMs }) => connectMs),
    firstPacketMs: of(({ firstPacketMs }) => firstPacketMs),
    firstKeyframeMs: of(({ firstKeyframeMs }) => firstKeyframeMs),
    delayMs: delays.percentiles(),
    packets: sumPackets(sessions),
    generator: { wasLimit: reasons.length > 0, reasons, processes, machine },
    server,
  };
}

function countErrors(records: readonly { readonly error: string | undefined }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { error } of records) if (error !== undefined) counts[error] = (counts[error] ?? 0) + 1;
  return counts;
}

export function sumPackets(sessions: readonly SessionRecord[]): PacketFigures {
  const sum = (pick: (session: SessionRecord) => number) =>
    sessions.reduce((total, session) => total + pick(session), 0);
  const expected = sum((session) => session.expected);
  const delivered = sum((session) => session.delivered);
  const recovered = sum((session) => session.recovered);
  // What a viewer who leaves is still asking for is neither lost nor delivered. Who stays waits for it.
  const lost = Math.max(0, expected - delivered - sum(({ isTraced, pending }) => (isTraced ? 0 : pending)));
  const ratio = (packets: number) => (expected > 0 ? packets / expected : 0);
  return {
    expected,
    delivered,
    lost,
    lossRatio: ratio(lost),
    lossRatioBeforeRepair: ratio(lost + recovered),
    recovered,
    ignored: sum((session) => session.ignored),
    duplicates: sum((session) => session.duplicates),
    gaps: sum((session) => session.gaps),
    received: sum((session) => session.packetsReceived),
    receivedBytes: sum((session) => session.bytesReceived),
    tracedSessions: sessions.filter(({ isTraced }) => isTraced).length,
  };
}
