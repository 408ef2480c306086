import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { cpuUs, parseStat, subtractUsage, usageOfTree } from './process-tree.ts';

it('reads a line of /proc/PID/stat whose name holds spaces and parentheses', () => {
  const line =
    '4242 (a) (b c) S 17 4242 4242 0 -1 4194304 900 0 0 0 123 45 6 7 20 0 9 0 100 5000000 321 184467 1 1 0 0 0 0 0';
  expect(parseStat(line)).toEqual({ parent: 17, userTicks: 123, systemTicks: 45, residentPages: 321 });
});

it('counts what the children of a process use', async () => {
  // The shell waits; it is the child of the shell that burns CPU time until it is ended.
  const shell = spawn('sh', ['-c', `'${process.execPath}' -e 'for (;;);' & echo $!; wait`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const child = await new Promise<number>((resolve) => shell.stdout.once('data', (text) => resolve(Number(text))));
  try {
    const start = usageOfTree(shell.pid ?? 0);
    await expect
      .poll(() => cpuUs(subtractUsage(usageOfTree(shell.pid ?? 0), start)), { timeout: 15_000 })
      .toBeGreaterThan(100_000);
    expect(usageOfTree(shell.pid ?? 0).residentBytes).toBeGreaterThan(0);
  } finally {
    process.kill(child);
  }
});
