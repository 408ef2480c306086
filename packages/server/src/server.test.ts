import { execFile } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { banner } from './banner.ts';
import { type Config, configSchema } from './config/schema.ts';
import { type MediaServer, startServer } from './server.ts';

const logger = pino({ level: 'silent' });
const running: MediaServer[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

function configure(server: object = {}, media: object = {}): Config {
  const ephemeral = { host: '127.0.0.1', port: 0, http_alias_port: 0, signaling_alias_port: 0 };
  return configSchema.parse({
    server: { ...ephemeral, ...server },
    media: { port: 0, ...media },
    history: { mode: 'memory' },
  });
}

async function start(server: object = {}, media: object = {}): Promise<MediaServer> {
  const started = await startServer(configure(server, media), { logger });
  running.push(started);
  return started;
}

describe('server', () => {
  it('serves the same on its port and its aliases', async () => {
    const { ports } = await start();
    await fetch(`http://127.0.0.1:${ports.http}/rooms`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"room_id":"a"}',
    });
    for (const port of Object.values({ ...ports, media: ports.http })) {
      const answer = await fetch(`http://127.0.0.1:${port}/rooms/a`);
      expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ room_id: 'a' })]);
    }
  });

  it('is ready once it listens, and not while it closes', async () => {
    const server = await start();
    const ask = () => fetch(`http://127.0.0.1:${server.ports.http}/health/ready`);
    const ready = await ask();
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ status: 'ready', checks: { listening: { ok: true } } });
    server.rooms.close();
    const closing = await ask();
    expect(closing.status).toBe(503);
    expect(await closing.json()).toMatchObject({ checks: { accepting: { ok: false, detail: 'shutting down' } } });
  });

  it('has no alias that is switched off', async () => {
    const { ports } = await start({ http_alias_port: false, signaling_alias_port: false });
    expect(ports).toMatchObject({ httpAlias: undefined, signalingAlias: undefined });
  });

  it('frees its ports when it closes, once and again', async () => {
    const first = await start();
    const { http, httpAlias, signalingAlias, media } = first.ports;
    await Promise.all([first.close(), first.close()]);
    const second = await start(
      { port: http, http_alias_port: httpAlias, signaling_alias_port: signalingAlias },
      { port: media },
    );
    expect(second.ports).toEqual(first.ports);
  });

  it.each(['port', 'http_alias_port', 'signaling_alias_port'])('names server.%s when it is taken', async (key) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(startServer(configure({ [key]: port }), { logger })).rejects.toThrow(
      `server.${key}: port ${port} on 127.0.0.1 is taken by another program.`,
    );
    other.close();
  });

  it('names media.port when it is taken', async () => {
    const { ports } = await start();
    await expect(startServer(configure({}, { port: ports.media }), { logger })).rejects.toThrow(
      `media.port: port ${ports.media} on 127.0.0.1 is taken by another program.`,
    );
  });

  it('names an address that it has not got', async () => {
    await expect(startServer(configure({ host: '192.0.2.1' }, { host: '127.0.0.1' }), { logger })).rejects.toThrow(
      /^server\.port: port 0 on 192\.0\.2\.1 cannot be listened on \(EADDRNOTAVAIL\)/,
    );
  });

  it('warns that there is no authentication, and of whom', () => {
    const ports = { http: 8082, httpAlias: 9001, signalingAlias: undefined, media: 9003 };
    expect(banner(configure({ host: '0.0.0.0' }), ports, '1.0.0')).toMatch(
      /http:\/\/localhost:8082 \(the same on 9001\)[\s\S]+WARNING: no authentication\. Whoever reaches port 8082/,
    );
    for (const host of ['127.0.0.1', 'localhost', '::1'])
      expect(banner(configure({ host }), ports, '1.0.0')).toContain('Every program of this machine');
    const guarded = configSchema.parse({ auth: { secret: 'x'.repeat(32) } });
    expect(banner(guarded, ports, '1.0.0')).not.toContain('WARNING');
  });
});

describe('command', () => {
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [new URL('main.ts', import.meta.url).pathname, ...args]).catch(
      (error) => error,
    );

  it('says what is wrong with its settings, without a stack, and exits with 2', async () => {
    const failed = await run('--server.port=99999', '--server.prot=1');
    expect(failed.code).toBe(2);
    expect(failed.stderr).toBe(
      'flags: --server.prot: unknown flag (did you mean --server.port?)\n' +
        'flag --server.port: server.port: 99999 is not valid; give a port number from 1 to 65535 (0 takes any free one)\n',
    );
  });

  it('says which port is taken, and exits with 1', async () => {
    const { ports } = await start();
    const failed = await run('--host=127.0.0.1', '--media.port=0', `--port=${ports.http}`);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/^server\.port: port \d+ on 127\.0\.0\.1 is taken[^\n]+\n$/);
  });

  it('shows its help and its version', async () => {
    expect((await run('--help')).stdout).toContain('--server.port');
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
