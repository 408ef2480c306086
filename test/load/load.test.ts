import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it as inTurn } from 'vitest';
import { MediaServerProcess } from '../support/media-server.ts';
import { Program } from '../support/program.ts';

// `bitbasel load` as people run it, against the real server on loopback. A run mostly waits, so some go at a time, each in
// rooms of its own.

const it = inTurn.concurrent;
const main = resolve(import.meta.dirname, '../../packages/server/src/main.ts');
const secret = 'a secret of at least 32 characters for the tests';
let server: MediaServerProcess;
let guarded: MediaServerProcess;
/** Its counts are those of one test alone. */
let churned: MediaServerProcess;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bitbasel-load-'));
  [server, churned, guarded] = await Promise.all([
    MediaServerProcess.start(),
    MediaServerProcess.start(),
    MediaServerProcess.start({ 'auth.secret': secret }),
  ]);
});

afterAll(async () => {
  await Promise.all([server, churned, guarded].map((one) => one?.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function load(url: string, ...flags: string[]) {
  const urls = [`--whip-url=${url}/whip/{room}`, `--whep-url=${url}/whep/{room}`];
  const program = new Program(process.execPath, { arguments: [main, 'load', ...urls, '--quiet', ...flags] });
  const code = await program.exitCode();
  return { code, output: program.output };
}

/** A room of its own for each test, so that none finds another's host. */
async function report(room: string, ...flags: string[]) {
  return reportOf(server, `--room-prefix=${room}-`, ...flags);
}

async function reportOf({ url }: MediaServerProcess, ...flags: string[]) {
  const { code, output } = await load(url, '--json', ...flags);
  return { code, ...JSON.parse(output) };
}

it('every packet of the hosts reaches every viewer of their rooms', async () => {
  const found = await report('plain', '--rooms=2', '--viewers=4', '--duration=3', '--audio', '--max-loss=0');
  expect(found.failures).toEqual([]);
  expect(found).toMatchObject({ code: 0, hosts: { published: 2, failed: 0 }, errors: {} });
  expect(found.viewers).toEqual({ planned: 8, sessions: 8, connected: 8, failed: 0 });
  // 3 s of 30 frames of 6 packets; a busy machine leaves frames out.
  expect(found.packets.expected).toBeGreaterThan(8 * 3 * 30);
  expect(found.packets).toMatchObject({ delivered: found.packets.expected, lost: 0, tracedSessions: 8, duplicates: 0 });
  expect(found.firstKeyframeMs.count).toBe(8);
  expect(found.delayMs.count).toBeGreaterThan(0);
});

it('what viewers and hosts lose is asked for again, and comes', async () => {
  const found = await report('lossy', '--viewers=4', '--duration=4', '--loss=3%', '--uplink-loss=1%');
  expect(found.code).toBe(0);
  expect(found.packets.ignored).toBeGreaterThan(0);
  expect(found.packets.recovered).toBeGreaterThan(0);
  expect(found.packets.lossRatioBeforeRepair).toBeGreaterThan(0.01);
  expect(found.packets).toMatchObject({ tracedSessions: 4, lost: 0, delivered: found.packets.expected });
});

it('viewers who come and go leave nothing behind', async () => {
  const churn = ['--join=ramp:1', '--stay=1', '--pause=0.1', '--duration=3'];
  const found = await reportOf(churned, '--viewers=5', ...churn);
  expect(found.failures).toEqual([]);
  expect(found.viewers.sessions).toBeGreaterThan(5);
  expect(found.viewers.connected).toBe(found.viewers.sessions);
  expect(found.packets.lost).toBe(0);
  expect(await churned.json('/stats')).toMatchObject({ total_viewers: 0, total_hosts: 0 });
});

it('simulcast: three layers arrive, and viewers get one of them', async () => {
  const found = await report('simulcast', '--viewers=2', '--duration=3', '--simulcast');
  expect(found).toMatchObject({ code: 0, viewers: { connected: 2, failed: 0 } });
  expect(found.packets.delivered).toBeGreaterThan(0);
  expect(found.packets.lost).toBe(0);
});

it.each([
  ['VP8', 'film.ivf', ['-c:v', 'libvpx', '-b:v', '600k']],
  ['H264', 'film.h264', ['-c:v', 'libx264', '-profile:v', 'baseline', '-bf', '0', '-f', 'h264']],
])('%s that ffmpeg has encoded', async (codec, name, encoder) => {
  const path = join(folder, name);
  const pattern = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=30:duration=3'];
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', ...pattern, ...encoder, '-g', '30', path]);
  expect(status, String(stderr)).toBe(0);
  const found = await report(codec, `--video=${path}`, '--viewers=2', '--duration=3');
  expect(found.failures).toEqual([]);
  expect(found.firstKeyframeMs.count).toBe(2);
  expect(found.packets.lost).toBe(0);
  expect(found.packets.delivered).toBeGreaterThan(100);
});

it('a refused token is told with what the server says, and exit code 1', async () => {
  const { code, output } = await load(guarded.url, '--viewers=2', '--duration=1', '--token=nonsense');
  expect(code).toBe(1);
  expect(output).toContain('Failed: 1 of 1 hosts could not publish.');
  expect(output).toContain('http 401: 1');
  expect(output).toMatch(/POST http:\S+\/whip\/load-1 was answered 401: .*token/);
});

it('a token of the server opens its rooms', async () => {
  const environment = { BITBASEL_AUTH_SECRET: secret };
  const tokens = ['host', 'viewer'].map(async (role) => {
    const flags = [main, 'token', '--room=load-*', `--role=${role}`];
    const program = new Program(process.execPath, { arguments: flags, environment });
    await program.exitCode();
    return program.output.trim();
  });
  const [host, viewer] = await Promise.all(tokens);
  const flags = ['--viewers=2', '--duration=1', `--whip-token=${host}`, `--whep-token=${viewer}`];
  const { code, output } = await load(guarded.url, ...flags);
  expect(code, output).toBe(0);
});

it('a bound that does not hold is exit code 1, and wrong usage is 2', async () => {
  const slow = await load(server.url, '--room-prefix=slow-', '--viewers=1', '--duration=1', '--max-connect-ms=0.001');
  expect(slow.code).toBe(1);
  expect(slow.output).toContain('Failed: the slowest connection took');
  const wrong = await load(server.url, '--video=/nowhere.ivf');
  expect(wrong.code).toBe(2);
  expect(wrong.output).toContain('/nowhere.ivf');
});

it('a server that answers with something else is an error by its kind', async () => {
  const strange = createServer((_, response) => response.writeHead(201, { location: '/s/1' }).end('<html>'));
  await new Promise<void>((listening) => strange.listen(0, '127.0.0.1', listening));
  const { code, output } = await load(`http://127.0.0.1:${(strange.address() as AddressInfo).port}`, '--duration=1');
  strange.close();
  expect(code).toBe(1);
  expect(output).toContain('bad answer: 1');
});

it('looks for the number of viewers that holds, up to the most it may try', async () => {
  const flags = ['--find-limit', '--viewers=2', '--max-viewers=3', '--duration=1', '--json', '--room-prefix=limit-'];
  const { code, output } = await load(server.url, ...flags, '--max-connect-ms=60000');
  expect(code, output).toBe(0);
  const { held, steps } = JSON.parse(output);
  expect(held).toBe(3);
  expect(steps.map(({ viewers }: { viewers: number }) => viewers)).toEqual([2, 3]);
});
