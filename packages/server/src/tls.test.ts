import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { configSchema } from './config/schema.ts';
import { type MediaServer, startServer } from './server.ts';
import { offers } from './test-support/rooms.ts';

const host = '127.0.0.1';
let folder: string;
let server: MediaServer | undefined;
let log = '';

const file = (name: string) => join(folder, name);

/** Writes `name.pem` and `name.key`, a certificate for localhost. */
async function makeCertificate(name: string): Promise<void> {
  const pems = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  });
  writeFileSync(file(`${name}.pem`), pems.cert);
  writeFileSync(file(`${name}.key`), pems.private);
}

function install(name: string): void {
  copyFileSync(file(`${name}.key`), file('used.key'));
  copyFileSync(file(`${name}.pem`), file('used.pem'));
}

async function start(certificatePollMs = 20): Promise<MediaServer> {
  const config = configSchema.parse({
    server: { host, port: 0, http_alias_port: 0, signaling_alias_port: 0 },
    media: { port: 0 },
    tls: { cert: file('used.pem'), key: file('used.key') },
    history: { mode: 'memory' },
  });
  log = '';
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log += chunk.toString();
      done();
    },
  });
  server = await startServer(config, { logger: pino({ level: 'info' }, destination), certificatePollMs });
  return server;
}

/** Common name of the certificate that a new connection is shown. */
async function shown(port: number): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  const socket = connect({ host, port, rejectUnauthorized: false }, () => {
    const name = socket.getPeerCertificate().subject.CN;
    resolve(Array.isArray(name) ? name[0] : name);
    socket.destroy();
  });
  socket.on('error', reject);
  return promise;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
}

function call(port: number, path: string, body?: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const options = { host, port, path, servername: 'localhost', ca: readFileSync(file('first.pem')), agent: false };
  const headers = { host: `localhost:${port}`, 'content-type': 'application/sdp' };
  const method = body === undefined ? 'GET' : 'POST';
  request({ ...options, method, headers }, (response) => {
    response.resume();
    resolve({ status: response.statusCode, headers: response.headers });
  })
    .on('error', reject)
    .end(body);
  return promise;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bitbasel-tls-'));
  await Promise.all(['first', 'second'].map(makeCertificate));
});

afterEach(async () => {
  await server?.close();
  server = undefined;
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('TLS', () => {
  it('is on every HTTP port, with links that say so', async () => {
    install('first');
    const { ports } = await start();
    for (const port of [ports.http, ports.httpAlias, ports.signalingAlias]) {
      expect(await call(port ?? 0, '/health')).toMatchObject({
        status: 200,
        headers: { 'strict-transport-security': 'max-age=31536000' },
      });
    }
    const published = await call(ports.http, '/whip/a', offers.host);
    expect(published.headers.location).toMatch(new RegExp(`^https://localhost:${ports.http}/whip/sessions/`));
    await expect(fetch(`http://${host}:${ports.http}/health`)).rejects.toThrow();
  });

  it('carries WebSockets', async () => {
    install('first');
    const { ports } = await start();
    const socket = new WebSocket(`wss://localhost:${ports.http}/signal/a`, {
      ca: readFileSync(file('first.pem')),
      lookup: (_name, _options, found) => found(null, [{ address: host, family: 4 }]),
    });
    const message = new Promise<string>((resolve, reject) => {
      socket.on('message', (data) => resolve(String(data))).on('error', reject);
    });
    socket.on('open', () => socket.send('{"type":"join","role":"host"}'));
    expect(JSON.parse(await message)).toMatchObject({ type: 'welcome', role: 'host' });
    socket.terminate();
  });

  it('uses a renewed certificate by itself, without a restart', async () => {
    install('first');
    const { ports } = await start();
    expect(await shown(ports.http)).toBe('first');
    install('second');
    await vi.waitFor(async () => expect(await shown(ports.http)).toBe('second'), { timeout: 10_000 });
    expect(await shown(ports.signalingAlias ?? 0)).toBe('second');
    expect(log).toContain('certificate renewed');
  });

  it.each([
    ['no PEM', () => writeFileSync(file('used.pem'), 'nonsense')],
    ['a key that is not its own', () => copyFileSync(file('second.key'), file('used.key'))],
    ['missing', () => rmSync(file('used.pem'))],
  ])('keeps the certificate before where the new one is %s, and logs it', async (_what, spoil) => {
    install('first');
    const started = await start(3_600_000);
    spoil();
    started.reloadCertificate();
    expect(log).toContain('the new certificate cannot be used');
    expect(await shown(started.ports.http)).toBe('first');
    install('second');
    started.reloadCertificate();
    expect(await shown(started.ports.http)).toBe('second');
  });

  it('refuses to start without a certificate that can be used', async () => {
    writeFileSync(file('used.pem'), 'nonsense');
    await expect(start()).rejects.toThrow(/^tls\.cert, tls\.key: /);
    const half = configSchema.parse({
      server: { host, port: 0 },
      tls: { cert: file('first.pem') },
      history: { mode: 'memory' },
    });
    await expect(startServer(half, { logger: pino({ level: 'silent' }) })).rejects.toThrow(/^tls\.key: needed too/);
  });

  it('is reloaded by SIGHUP', async () => {
    install('first');
    const { ports } = await start(3_600_000);
    await server?.close();
    const main = join(import.meta.dirname, 'main.ts');
    const flags = [
      ...[`--host=${host}`, `--port=${ports.http}`, '--media.port=0', '--server.http_alias_port=false'],
      ...['--server.signaling_alias_port=false', `--tls.cert=${file('used.pem')}`, `--tls.key=${file('used.key')}`],
    ];
    const running = promisify(execFile)(process.execPath, [main, ...flags]);
    await vi.waitFor(async () => expect(await shown(ports.http)).toBe('first'), { timeout: 15_000 });
    install('second');
    running.child.kill('SIGHUP');
    await vi.waitFor(async () => expect(await shown(ports.http)).toBe('second'), { timeout: 4000 });
    running.child.kill('SIGTERM');
    expect((await running).stdout).toContain(`https://localhost:${ports.http}`);
  });
});
