import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import type { Results } from '../../bench/peers/results.ts';

// A short form of `make peers`, with the peer that a package brings: it shows that the harness works, not who is quicker.

const program = resolve(import.meta.dirname, '../../bench/peers/run.ts');
const viewers = 10;
const short = `--peers ours,janus --viewers ${viewers} --seconds 1 --warm-up 0 --joins 1 --rounds 1 --floor c`;

it('puts the same load on this server and on Janus, and on the floor in C', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bitbasel-peers-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const command = [program, ...short.split(' '), '--out', folder];
  const { stdout } = await promisify(execFile)(process.execPath, command);

  const results: Results = JSON.parse(await readFile(join(folder, 'figures.json'), 'utf8'));
  const [round] = results.rounds;
  expect(round?.failures).toEqual([]);
  // Without the right to make a network namespace Janus is left out, and the report has to say so.
  const missing = results.unavailable.map(({ name }) => name);
  expect([[], ['Janus']]).toContainEqual(missing);
  if (process.getuid?.() === 0) expect(missing).toEqual([]);
  expect(round?.peers.map(({ name }) => name)).toEqual(['BitBasel', 'Janus'].filter((name) => !missing.includes(name)));
  for (const peer of round?.peers ?? []) {
    expect(peer.lossRatio, peer.name).toBeLessThan(0.1);
    expect(peer.userUsPerPacket + peer.systemUsPerPacket, peer.name).toBeGreaterThan(0);
    expect(peer.joinMs, peer.name).toHaveLength(1);
  }
  expect(round?.floor.map(({ lossRatio }) => lossRatio)).toEqual([0, 0, 0, 0]);
  expect(stdout).toMatch(/^BitBasel +10 +\d/m);
  expect(await readFile(join(folder, 'cpu.svg'), 'utf8')).toContain('C: sendmmsg, UDP_SEGMENT');
});
