import { cpus, release, totalmem } from 'node:os';

/** What a bench found out about one way of sending to so many viewers. */
export interface Measurement {
  readonly name: string;
  readonly viewers: number;
  /** CPU time of the sending process, all its threads, a packet. */
  readonly userUsPerPacket: number;
  readonly systemUsPerPacket: number;
  readonly packetsSent: number;
  /** 0 to 1: sent, and not seen by the viewers. */
  readonly lossRatio: number;
  /** From the first connect to the last connected viewer, all at once. */
  readonly connectAllMs: number;
  /** Growth of the resident set while connecting. */
  readonly memoryPerViewerBytes: number;
}

/** CPU time of this process per packet, from its own accounting. */
export class CpuMeter {
  readonly #start = process.cpuUsage();

  perPacket(packetCount: number): Pick<Measurement, 'userUsPerPacket' | 'systemUsPerPacket'> {
    const { user, system } = process.cpuUsage(this.#start);
    return { userUsPerPacket: user / packetCount, systemUsPerPacket: system / packetCount };
  }
}

export function describeMachine(): string {
  const [first] = cpus();
  const memoryGib = (totalmem() / 2 ** 30).toFixed(1);
  const cpu = `${cpus().length} x ${first?.model.trim() ?? 'unknown CPU'}`;
  return `${cpu}, ${memoryGib} GiB, ${process.platform} ${release()}, Node ${process.version}`;
}

/** The medians of a scenario with so many viewers, over all rounds. */
export interface Summary extends Measurement {
  /** Median over the rounds of this scenario's CPU to that of the round's first one. */
  readonly cpuRatio: number;
}

/** @param rounds the measurements of each round, the one that the others are compared with first */
export function summarize(rounds: readonly (readonly Measurement[])[]): Summary[] {
  const groups = new Map<string, { measurement: Measurement; ratio: number }[]>();
  for (const [first, ...others] of rounds) {
    if (first === undefined) continue;
    for (const measurement of [first, ...others]) {
      const key = `${measurement.viewers} ${measurement.name}`;
      const ratio = cpuUsPerPacket(measurement) / cpuUsPerPacket(first);
      groups.set(key, [...(groups.get(key) ?? []), { measurement, ratio }]);
    }
  }
  return Array.from(groups.values(), (group) => {
    const middle = (pick: (one: Measurement) => number) => median(group.map(({ measurement }) => pick(measurement)));
    const [one] = group;
    return {
      name: one?.measurement.name ?? '',
      viewers: one?.measurement.viewers ?? 0,
      userUsPerPacket: middle((found) => found.userUsPerPacket),
      systemUsPerPacket: middle((found) => found.systemUsPerPacket),
      packetsSent: middle((found) => found.packetsSent),
      lossRatio: Math.max(...group.map(({ measurement }) => measurement.lossRatio)),
      connectAllMs: middle((found) => found.connectAllMs),
      memoryPerViewerBytes: middle((found) => found.memoryPerViewerBytes),
      cpuRatio: median(group.map(({ ratio }) => ratio)),
    };
  });
}

type Cpu = Pick<Measurement, 'userUsPerPacket' | 'systemUsPerPacket'>;

export function cpuUsPerPacket({ userUsPerPacket, systemUsPerPacket }: Cpu): number {
  return userUsPerPacket + systemUsPerPacket;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** A table for people; `JSON.stringify` the same array for programs. */
export function formatTable(summaries: readonly Summary[]): string {
  const header = [
    'median of the rounds',
    'viewers',
    'CPU us/packet',
    'user',
    'system',
    'to bare',
    'worst loss',
    'connect all',
    'memory/viewer',
  ];
  const rows = summaries.map((found) => [
    found.name,
    String(found.viewers),
    cpuUsPerPacket(found).toFixed(2),
    found.userUsPerPacket.toFixed(2),
    found.systemUsPerPacket.toFixed(2),
    found.cpuRatio.toFixed(2),
    `${(found.lossRatio * 100).toFixed(2)} %`,
    `${found.connectAllMs.toFixed(0)} ms`,
    `${(found.memoryPerViewerBytes / 1024).toFixed(0)} KiB`,
  ]);
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return [header, ...rows].map(line).join('\n');
}
