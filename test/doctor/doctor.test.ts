import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Coturn, turnSecret } from '../support/coturn.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { Program } from '../support/program.ts';

// `bitbasel doctor` as people run it: against a real coturn and a real Redis, and under real limits of the system.

const main = resolve(import.meta.dirname, '../../packages/server/src/main.ts');
const quiet = [
  ...['--host=127.0.0.1', '--port=0', '--media.port=0', '--history.mode=memory'],
  ...['--server.http_alias_port=false', '--server.signaling_alias_port=false'],
];

interface Finding {
  readonly check: string;
  readonly verdict: string;
  readonly detail: string;
  readonly advice?: string;
}

interface Report {
  readonly code: number | null;
  readonly output: string;
  /** By the check's name. */
  readonly findings: Readonly<Record<string, Finding>>;
}

async function doctor(flags: string[], before: string[] = []): Promise<Report> {
  const [command = '', ...words] = [...before, process.execPath, main, 'doctor', '--json', ...quiet, ...flags];
  const program = new Program(command, { arguments: words });
  const code = await program.exitCode();
  const { ok, findings } = JSON.parse(program.output) as { ok: boolean; findings: Finding[] };
  expect(code, program.output).toBe(ok ? 0 : 1);
  return { code, output: program.output, findings: Object.fromEntries(findings.map((one) => [one.check, one])) };
}

describe('TURN', () => {
  let coturn: Coturn;
  beforeAll(async () => {
    coturn = await Coturn.start();
  });
  afterAll(async () => {
    await coturn?.stop();
  });

  const tried = (secret: string, ...urls: string[]) =>
    doctor([`--turn.urls=${JSON.stringify(urls)}`, `--turn.secret=${secret}`]);

  it('a real coturn gives an allocation over UDP and over TCP, and has it back', async () => {
    const urls = [coturn.url('udp'), coturn.url('tcp')];
    const { findings, code, output } = await tried(turnSecret, ...urls);
    for (const url of urls)
      expect(findings[`TURN ${url}`]).toMatchObject({
        verdict: 'ok',
        detail: 'an allocation was made, relayed at 127.0.0.1',
      });
    expect(code).toBe(0);
    expect(output).not.toContain(turnSecret);
    expect(coturn.output.match(/ALLOCATE processed, success/g)).toHaveLength(2);
    expect(coturn.output.match(/refreshed, realm=<bitbasel.test>, username=<\d+:doctor>, lifetime=0/g)).toHaveLength(2);
  });

  it('a coturn with another secret is named, with what to do', async () => {
    const { findings, code } = await tried(`${turnSecret}-not`, coturn.url('udp'));
    expect(findings[`TURN ${coturn.url('udp')}`]).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('401'),
      advice: expect.stringContaining('static-auth-secret'),
    });
    expect(code).toBe(1);
  });

  it('a server of ice_servers is tried with its own credential', async () => {
    const servers = [{ urls: coturn.url('udp'), username: 'somebody', credential: 'of-no-worth' }];
    const { findings, output } = await doctor([`--ice_servers=${JSON.stringify(servers)}`]);
    expect(findings[`TURN ${coturn.url('udp')}`]?.advice).toContain('ice_servers');
    expect(output).not.toContain('of-no-worth');
  });

  it('one that is not there, or speaks no TLS, is a failure', async () => {
    const [gone, plain] = [`turn:127.0.0.1:${await freePort()}`, `turns:127.0.0.1:${coturn.port}`];
    const { findings } = await tried(turnSecret, gone, plain);
    expect(findings[`TURN ${gone}`]).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
    expect(findings[`TURN ${plain}`]?.verdict).toBe('failed');
  });

  it('is tried over TLS, with a certificate that clients take or refuse', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bitbasel-turns-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    const made = await generate([{ name: 'commonName', value: 'localhost' }], {
      ...{ keyType: 'ec', algorithm: 'sha256' },
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    writeFileSync(files.cert, made.cert);
    writeFileSync(files.key, made.private);
    const secure = await Coturn.start(files);
    onTestFinished(async () => void (await secure.stop()));
    const url = `turns:127.0.0.1:${secure.port}`;
    const flags = [`--turn.urls=["${url}"]`, `--turn.secret=${turnSecret}`];
    const trusting = await doctor(flags, ['env', `NODE_EXTRA_CA_CERTS=${files.cert}`]);
    expect(trusting.findings[`TURN ${url}`]).toMatchObject({ verdict: 'ok' });
    const strict = await doctor(flags);
    expect(strict.findings[`TURN ${url}`]).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('self-signed certificate'),
      advice: expect.stringContaining('good for its name'),
    });
  });

  it('any STUN server answers for a peer', async () => {
    const { findings } = await doctor([`--peer=127.0.0.1:${coturn.port}`]);
    expect(findings['UDP to peer']).toMatchObject({
      verdict: 'ok',
      detail: expect.stringContaining('sees 127.0.0.1:'),
    });
  });
});

describe('Redis', () => {
  it('with its password, with another, and gone', async () => {
    const port = await freePort();
    const password = 'a-password-of-redis';
    const redis = new Program('redis-server', {
      arguments: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--requirepass', password],
    });
    onTestFinished(() => redis.kill());
    await redis.printed(/Ready to accept connections/);
    const tried = (secret: string) => doctor([`--rate_limits.redis_url=redis://:${secret}@127.0.0.1:${port}`]);
    const right = await tried(password);
    expect(right.findings.Redis).toMatchObject({ verdict: 'ok' });
    const wrong = await tried('another-word');
    expect(wrong.findings.Redis).toMatchObject({
      verdict: 'failed',
      detail: expect.stringMatching(/WRONGPASS|NOAUTH/),
    });
    const server = await MediaServerProcess.start({
      'rate_limits.redis_url': `redis://:another-word@127.0.0.1:${port}`,
    });
    onTestFinished(async () => void (await server.stop()));
    await eventually(
      async () => server.output,
      (output) => output.includes('WRONGPASS'),
      'the server to be refused',
    );
    await redis.kill();
    const gone = await tried(password);
    expect(gone.findings.Redis).toMatchObject({ verdict: 'failed', detail: expect.stringContaining('ECONNREFUSED') });
    for (const { output } of [right, wrong, gone, server])
      expect(output).not.toMatch(/a-password-of-redis|another-word/);
  });
});

it('a limit of 300 open files is too low for 1000 connections', async () => {
  const { findings } = await doctor([], ['bash', '-c', 'ulimit -n 300 && exec "$0" "$@"']);
  expect(findings['file descriptors']).toMatchObject({
    verdict: 'failed',
    detail: expect.stringContaining('may open 300 files'),
  });
});

it('asks another doctor whether UDP gets there', async () => {
  const listening = new Program(process.execPath, { arguments: [main, 'doctor', '--listen-udp', ...quiet] });
  onTestFinished(() => listening.kill());
  const [, port] = await listening.printed(/Answers on UDP port (\d+)/);
  const { findings } = await doctor([`--peer=127.0.0.1:${port}`]);
  expect(findings['UDP to peer']).toMatchObject({ verdict: 'ok' });
  await listening.printed(/asked by 127\.0\.0\.1:\d+/);
  const taken = new Program(process.execPath, {
    arguments: [main, 'doctor', '--listen-udp', ...quiet, `--media.port=${port}`],
  });
  expect(await taken.exitCode()).toBe(1);
  expect(taken.output).toContain('media.port: bind EADDRINUSE');
  expect(await listening.stop()).toBe(0);
  const { findings: later } = await doctor([`--peer=127.0.0.1:${port}`]);
  expect(later['UDP to peer']).toMatchObject({ verdict: 'failed' });
});

it('names settings that are wrong, and looks at nothing else', async () => {
  const { code, findings } = await doctor(['--server.prot=1']);
  expect(code).toBe(1);
  expect(Object.keys(findings)).toEqual(['configuration']);
  expect(findings.configuration?.detail).toContain('did you mean --server.port?');
});

it('is a table for people, with what to do', async () => {
  const port = await freePort();
  const holder = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void holder.close());
  const program = new Program(process.execPath, { arguments: [main, 'doctor', ...quiet, `--port=${port}`] });
  expect(await program.exitCode()).toBe(1);
  expect(program.output).toMatch(
    new RegExp(`^failed +server\\.port +TCP port ${port} .* process ${process.pid}\\n +-> Stop`, 'm'),
  );
  expect(program.output).toMatch(/^ok +Node +Node 24/m);
  expect(program.output).toMatch(/1 failed, \d+ warnings, \d+ ok\n$/);
});

it('the server itself warns at its start, and starts', async () => {
  const server = await MediaServerProcess.start({ 'server.max_connections': '1000000' });
  onTestFinished(async () => void (await server.stop()));
  await eventually(
    async () => server.output,
    (output) => output.includes('"check":"file descriptors"'),
    'the warning',
  );
  expect(await server.json('/health')).toMatchObject({ status: 'healthy' });
});

it('a folder that cannot be made for the history holds up no start, and is told of', async () => {
  const path = '/proc/nowhere/history.sqlite';
  const server = await MediaServerProcess.start({ 'history.mode': 'sqlite', 'history.path': path });
  onTestFinished(async () => void (await server.stop()));
  expect(await server.json('/health')).toMatchObject({
    history: { mode: 'memory', status: 'failing', detail: expect.stringContaining(`${path}: ENOENT`) },
  });
  await eventually(
    async () => server.output,
    (output) => output.includes('history is kept in memory'),
    'the log to say so',
  );
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
