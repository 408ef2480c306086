import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { type Config, configSchema } from '../../config/schema.ts';
import { startServer } from '../../server.ts';
import { checkPorts } from './ports.ts';

const host = '127.0.0.1';

function configured(ports: { http?: number; media?: number; host?: string }): Config {
  return configSchema.parse({
    server: { host: ports.host ?? host, port: ports.http ?? 0, http_alias_port: false, signaling_alias_port: false },
    media: { port: ports.media ?? 0 },
    history: { mode: 'memory' },
  });
}

async function check(config: Config) {
  const [http, media] = await checkPorts(config);
  return { http, media };
}

it('says who has a TCP port', async () => {
  const holder = createServer().listen(0, host);
  onTestFinished(() => void holder.close());
  await once(holder, 'listening');
  const { http } = await check(configured({ http: (holder.address() as AddressInfo).port }));
  expect(http).toMatchObject({ check: 'server.port', verdict: 'failed' });
  expect(http?.detail).toContain(`process ${process.pid}`);
  expect(http?.advice).toContain('server.port');
});

it('says who has the UDP port', async () => {
  const holder = createSocket('udp4').bind(0, host);
  onTestFinished(() => void holder.close());
  await once(holder, 'listening');
  const { media } = await check(configured({ media: holder.address().port }));
  expect(media).toMatchObject({ check: 'media.port', verdict: 'failed' });
  expect(media?.detail).toContain(`process ${process.pid}`);
});

const leastUnprivileged = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
// Only root can be somebody else for a moment; and where all ports are for everybody, none is refused.
it.skipIf(process.geteuid?.() !== 0 || leastUnprivileged < 2)('says that low ports are not for everybody', async () => {
  process.seteuid?.('nobody');
  onTestFinished(() => process.seteuid?.(0));
  const { http, media } = await check(configured({ http: 1, media: 1 }));
  for (const finding of [http, media])
    expect(finding).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('may not be had by this user'),
    });
});

it('finds free ports free', async () => {
  const holder = createServer().listen(0, host);
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  await new Promise((resolve) => holder.close(resolve));
  expect(await check(configured({ http: port, media: port }))).toMatchObject({
    http: { verdict: 'ok', detail: `TCP port ${port} on ${host} is free` },
    media: { verdict: 'ok', detail: `UDP port ${port} on ${host} is free` },
  });
});

it('refuses an address that this machine has not got', async () => {
  // TEST-NET-3 (RFC 5737): nobody has it.
  const { http, media } = await check(configured({ host: '203.0.113.99', http: 8082, media: 9003 }));
  for (const finding of [http, media])
    expect(finding).toMatchObject({ verdict: 'failed', detail: expect.stringContaining('EADDRNOTAVAIL') });
});

it('knows a server of ours that runs already by its own answer', async () => {
  const server = await startServer(configured({}), { logger: pino({ level: 'silent' }) });
  onTestFinished(() => server.close());
  const { http, media } = await check(configured({ http: server.ports.http, media: server.ports.media }));
  for (const finding of [http, media])
    expect(finding).toMatchObject({ verdict: 'ok', detail: expect.stringContaining('that runs now') });
});
