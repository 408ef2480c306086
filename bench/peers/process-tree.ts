import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks of /proc: 100 a second on every Linux, whatever the kernel's own rate. */
const TICK_US = 10_000;
const PAGE_BYTES = 4096;

export interface Usage {
  /** CPU time since the start, of all threads of all processes of the tree. */
  readonly userUs: number;
  readonly systemUs: number;
  readonly residentBytes: number;
}

export const noUsage: Usage = { userUs: 0, systemUs: 0, residentBytes: 0 };

export function cpuUs({ userUs, systemUs }: Usage): number {
  return userUs + systemUs;
}

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    userUs: a.userUs + b.userUs,
    systemUs: a.systemUs + b.systemUs,
    residentBytes: a.residentBytes + b.residentBytes,
  };
}

export function subtractUsage(end: Usage, start: Usage): Usage {
  return {
    userUs: end.userUs - start.userUs,
    systemUs: end.systemUs - start.systemUs,
    residentBytes: end.residentBytes - start.residentBytes,
  };
}

/** What a process and all that descend from it have used, as the kernel counts it. */
export function usageOfTree(rootPid: number): Usage {
  const processes = readProcesses();
  const usage = { ...noUsage };
  const waiting = [rootPid];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    const found = processes.get(pid);
    if (found === undefined) continue;
    usage.userUs += found.userTicks * TICK_US;
    usage.systemUs += found.systemTicks * TICK_US;
    usage.residentBytes += found.residentPages * PAGE_BYTES;
    for (const [child, { parent }] of processes) if (parent === pid) waiting.push(child);
  }
  return usage;
}

interface ProcessStat {
  readonly parent: number;
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly residentPages: number;
}

function readProcesses(): Map<number, ProcessStat> {
  const found = new Map<number, ProcessStat>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      found.set(Number(name), parseStat(readFileSync(`/proc/${name}/stat`, 'latin1')));
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

/** proc_pid_stat(5). The second field is the name in parentheses, which may hold spaces and parentheses itself. */
export function parseStat(line: string): ProcessStat {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  return { parent: field(4), userTicks: field(14), systemTicks: field(15), residentPages: field(24) };
}
