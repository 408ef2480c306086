import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { Program } from '../support/program.ts';

// The commands that the README names, in a short form.

const root = resolve(import.meta.dirname, '../..');

const environment = { BENCH_WARM_UP_SECONDS: '1' };

function run(script: string, ...flags: string[]): Program {
  return new Program(process.execPath, { arguments: [resolve(root, script), ...flags], directory: root, environment });
}

it('make demo: a host and viewers in headless Chromium, who see and hear', async () => {
  const demo = run('scripts/demo.ts', '--viewers', '2', '--seconds', '6');
  expect(await demo.exitCode(), demo.output).toBe(0);
  expect(demo.output.match(/\d+ \(measured\)/g)).toHaveLength(2);
  expect(demo.output.match(/'heard'/g)).toHaveLength(2);
});

it('make bench: the whole server beside the bare floor, without loss', async () => {
  const scenarios = ['--scenarios', 'bare,transport,native,server,server-datachannel'];
  const bench = run('bench/run.ts', ...scenarios, '--viewers', '20', '--seconds', '1', '--rounds', '1', '--json');
  expect(await bench.exitCode(), bench.output).toBe(0);
  const { machine, summary } = JSON.parse(bench.output);
  expect(machine).toMatch(/Node v24/);
  expect(summary.map(({ name }: { name: string }) => name)).toEqual([
    'bare tracks',
    'transport, datachannel',
    'transport, native',
    'server, native',
    'server, datachannel',
  ]);
  for (const { userUsPerPacket, lossRatio, packetsSent } of summary) {
    expect(userUsPerPacket).toBeGreaterThan(0);
    expect(lossRatio).toBe(0);
    expect(packetsSent).toBe(30 * 6 * 20);
  }
});
