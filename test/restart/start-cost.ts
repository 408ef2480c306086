import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Of the clock in which Linux tells CPU times: 100 in a second, on every machine. */
const ticksPerSecond = 100;

/** CPU time that a running process has used so far, all threads, in ms. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which may hold spaces, `utime` and `stime` are the 12th and 13th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

/**
 * How many times longer than alone a process takes on this machine just now: the time that a Node without a program takes
 * from start to end, by the CPU time that it needs. 1 on an idle machine.
 */
export function slowdownNow(): number {
  const startMs = performance.now();
  const { stdout } = spawnSync(process.execPath, ['-p', 'const { user, system } = process.cpuUsage(); user + system'], {
    encoding: 'utf8',
  });
  const tookMs = performance.now() - startMs;
  return Math.max(1, tookMs / (Number(stdout) / 1000));
}
