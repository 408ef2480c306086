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

/** A table for people; `JSON.stringify` the same array for programs. */
export function formatTable(measurements: readonly Measurement[]): string {
  const header = ['', 'viewers', 'CPU us/packet', 'user', 'system', 'packets', 'loss', 'connect all', 'memory/viewer'];
  const rows = measurements.map((found) => [
    found.name,
    String(found.viewers),
    (found.userUsPerPacket + found.systemUsPerPacket).toFixed(2),
    found.userUsPerPacket.toFixed(2),
    found.systemUsPerPacket.toFixed(2),
    String(found.packetsSent),
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
