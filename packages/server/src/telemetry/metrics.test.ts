import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { configSchema } from '../config/schema.ts';
import { type MediaServer, startServer } from '../server.ts';
import { MediaPeer } from '../test-support/media-peer.ts';
import { offers } from '../test-support/rooms.ts';
import { SignalingClient } from '../test-support/signaling-client.ts';

const ephemeral = { host: '127.0.0.1', port: 0, http_alias_port: false, signaling_alias_port: false };
const dashboard = new URL('../../../../deploy/grafana/bitbasel.json', import.meta.url);
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(metrics: object = {}, webhooks: object = {}): Promise<MediaServer> {
  const config = configSchema.parse({
    ...{ server: ephemeral, media: { port: 0 }, metrics, webhooks, history: { mode: 'memory' } },
  });
  const server = await startServer(config, { logger: pino({ level: 'silent' }) });
  cleanups.push(() => server.close());
  return server;
}

const get = (server: MediaServer) => fetch(`http://127.0.0.1:${server.ports.http}/metrics`);
const scrape = async (server: MediaServer) => (await get(server)).text();

/** The value of one series; undefined where there is none. */
function seriesValue(text: string, series: string): number | undefined {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

async function join(server: MediaServer, role: 'host' | 'viewer'): Promise<SignalingClient> {
  const media = await MediaPeer.create();
  cleanups.push(() => media.peer.close());
  const client = await SignalingClient.open(server.ports.http, 'a');
  cleanups.push(() => client.socket.terminate());
  client.send({ type: 'join', role });
  client.send({ type: 'offer', sdp: media.offer(role) });
  await media.accept((await client.until('answer')).sdp);
  await client.until('connection', ({ state }) => state === 'connected');
  return client;
}

/** Every metric that an expression of the dashboard names. */
function metricsOfDashboard(): string[] {
  const { panels }: { panels: { targets: { expr: string }[] }[] } = JSON.parse(readFileSync(dashboard, 'utf8'));
  const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  const names = expressions.flatMap((expr) => Array.from(expr.matchAll(/\b(\w+)\{/g), ([, name = '']) => name));
  return [...new Set(names)];
}

describe('/metrics', () => {
  it('has every metric of the dashboard', async () => {
    const text = await scrape(await start());
    const names = metricsOfDashboard();
    expect(names.length).toBeGreaterThan(25);
    const missing = names.filter((name) => !text.includes(`# TYPE ${name.replace(/_bucket$/, '')} `));
    expect(missing).toEqual([]);
  });

  it('counts joins, connections, sessions, traffic and first frames, and names no room', async () => {
    const server = await start();
    await join(server, 'host');
    const viewer = await join(server, 'viewer');
    await fetch(`http://127.0.0.1:${server.ports.http}/whip/a`, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: offers.host,
    });
    viewer.send({ type: 'report', first_frame_ms: 400 });
    viewer.send({ type: 'ping' });
    await viewer.until('pong');
    const text = await scrape(server);
    for (const [series, value] of Object.entries({
      'bitbasel_rooms{state="live"}': 1,
      bitbasel_hosts: 1,
      bitbasel_viewers: 1,
      bitbasel_websockets: 2,
      bitbasel_transport_connections: 2,
      'bitbasel_tracks{role="host"}': 2,
      'bitbasel_tracks{role="viewer"}': 2,
      'bitbasel_sessions{role="viewer",state="connected"}': 1,
      'bitbasel_joins_total{role="viewer",outcome="ok"}': 1,
      'bitbasel_joins_total{role="host",outcome="host_busy"}': 1,
      'bitbasel_connect_seconds_count{role="viewer"}': 1,
      bitbasel_first_frame_seconds_sum: 0.4,
    })) {
      expect(seriesValue(text, series), series).toBe(value);
    }
    expect(text).not.toMatch(/room=|session=/);
  });

  it('has totals that never go down, also as sessions end', async () => {
    const server = await start();
    const host = await join(server, 'host');
    const total = async () => seriesValue(await scrape(server), 'bitbasel_packets_total{direction="out"}') ?? 0;
    while ((await total()) === 0) host.send({ type: 'ping' });
    const before = await total();
    host.socket.terminate();
    while (server.rooms.get('a').hasSessions) await new Promise((resolve) => setImmediate(resolve));
    expect(await total()).toBeGreaterThanOrEqual(before);
    expect(seriesValue(await scrape(server), 'bitbasel_hosts')).toBe(0);
  });

  it('counts what webhooks took and refused, and what waits for them, under no URL', async () => {
    const receiver = createServer((request, response) => {
      response.writeHead(request.url === '/takes?key=hidden' ? 204 : 503).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => receiver.close());
    const { port } = receiver.address() as AddressInfo;
    const secret = `whsec_${Buffer.alloc(24).toString('base64')}`;
    const urls = [`http://127.0.0.1:${port}/refuses`, `http://127.0.0.1:${port}/takes?key=hidden`];
    const server = await start({}, { endpoints: urls.map((url) => ({ url, secret })) });
    server.rooms.create({ roomId: 'a' });
    server.rooms.create({ roomId: 'b' });
    const reads = async (name: string, endpoint: number) =>
      seriesValue(await scrape(server), `bitbasel_webhook_${name}{endpoint="${endpoint}"}`);
    await vi.waitFor(async () => expect(await reads('events_delivered_total', 1)).toBe(2), { timeout: 10_000 });
    await vi.waitFor(async () => expect(await reads('attempts_failed_total', 0)).toBeGreaterThanOrEqual(2));
    await vi.waitFor(async () => expect(await reads('queue_events', 1)).toBe(0));
    expect(await reads('queue_oldest_seconds', 1)).toBe(0);
    expect(await reads('queue_events', 0)).toBe(2);
    expect(await reads('queue_oldest_seconds', 0)).toBeGreaterThan(0);
    expect(await reads('events_dropped_total', 0)).toBe(0);
    expect(await scrape(server)).not.toMatch(/hidden|refuses|whsec_/);
  });

  it('tells of single rooms where that is wanted, and of nothing where it is switched off', async () => {
    const server = await start({ per_room: true });
    server.rooms.create({ roomId: 'a' });
    expect(seriesValue(await scrape(server), 'bitbasel_room_viewers{room="a"}')).toBe(0);
    server.rooms.stop('a');
    expect(seriesValue(await scrape(server), 'bitbasel_room_viewers{room="a"}')).toBeUndefined();
    expect((await get(await start({ enabled: false }))).status).toBe(404);
  });
});
