import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** What the whole machine and the server did meanwhile; undefined where the system does not tell. */
export interface MachineUse {
  /** 0 to 1, of all cores. */
  readonly cpuBusy: number;
  /** Datagrams that the kernel threw away because a socket's buffer was full, of any process here. */
  readonly udpReceiveBufferErrors: number | undefined;
}

/** Of a server on this machine, named by its process id. */
export interface ServerUse {
  readonly cpuCores: number;
  readonly rssBytes: number;
  /** Growth since before the viewers came, for each of those connected. */
  readonly memoryPerViewerBytes: number;
}

const ticksPerSecond = 100;

export class MachineMeter {
  #times = cpuTimes();
  #errors = readBufferErrors();

  restart(): void {
    this.#times = cpuTimes();
    this.#errors = readBufferErrors();
  }

  read(): MachineUse {
    const times = cpuTimes();
    const total = times.total - this.#times.total;
    const errors = readBufferErrors();
    return {
      cpuBusy: total > 0 ? 1 - (times.idle - this.#times.idle) / total : 0,
      udpReceiveBufferErrors: errors === undefined ? undefined : errors - (this.#errors ?? 0),
    };
  }
}

/** Follows a process by `/proc`. */
export class ServerMeter {
  readonly #pid: number;
  readonly #rssBefore: number;
  #cpuSeconds: number;
  #startMs = performance.now();

  /** @throws Error where there is no such process, or no /proc */
  constructor(pid: number) {
    this.#pid = pid;
    this.#rssBefore = readRssBytes(pid);
    this.#cpuSeconds = readCpuSeconds(pid);
  }

  /** The CPU's figure begins here; that of memory before the viewers. */
  restart(): void {
    this.#cpuSeconds = readCpuSeconds(this.#pid);
    this.#startMs = performance.now();
  }

  read(viewers: number): ServerUse {
    const rssBytes = readRssBytes(this.#pid);
    return {
      cpuCores: (readCpuSeconds(this.#pid) - this.#cpuSeconds) / ((performance.now() - this.#startMs) / 1000),
      rssBytes,
      memoryPerViewerBytes: viewers > 0 ? (rssBytes - this.#rssBefore) / viewers : 0,
    };
  }
}

function cpuTimes(): { total: number; idle: number } {
  let total = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    total += times.user + times.nice + times.sys + times.irq + times.idle;
    idle += times.idle;
  }
  return { total, idle };
}

/** `RcvbufErrors` of /proc/net/snmp, whose first line of `Udp:` has the names and whose second has the values. */
function readBufferErrors(): number | undefined {
  try {
    const lines = readFileSync('/proc/net/snmp', 'utf8').split('\n');
    const [names = [], values = []] = lines.filter((line) => line.startsWith('Udp:')).map((line) => line.split(' '));
    return Number(values[names.indexOf('RcvbufErrors')]);
  } catch {
    return undefined;
  }
}

function readRssBytes(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

function readCpuSeconds(pid: number): number {
  // The name of the program, in parentheses, may hold spaces; utime and stime are fields 14 and 15.
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?!.*\) )/);
  const [utime, stime] = fields.split(' ').slice(11, 13);
  return (Number(utime) + Number(stime)) / ticksPerSecond;
}
