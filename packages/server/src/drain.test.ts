import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { configSchema } from './config/schema.ts';
import { type MediaServer, startServer } from './server.ts';
import { offers } from './test-support/rooms.ts';
import { SignalingClient } from './test-support/signaling-client.ts';

const never = 86_400;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(drain: object = {}): Promise<MediaServer> {
  const config = configSchema.parse({
    server: { host: '127.0.0.1', port: 0, http_alias_port: false, signaling_alias_port: false },
    ...{ media: { port: 0 }, history: { mode: 'memory' }, drain: { deadline_seconds: never, ...drain } },
  });
  const server = await startServer(config, { logger: pino({ level: 'silent' }) });
  cleanups.push(() => server.close());
  return server;
}

async function join(server: MediaServer, role: 'host' | 'viewer', room = 'a@b'): Promise<SignalingClient> {
  const client = await SignalingClient.open(server.ports.http, encodeURIComponent(room));
  cleanups.push(() => client.socket.terminate());
  client.send({ type: 'join', role });
  await client.until('welcome');
  return client;
}

/** A host whose session is there, and not connected yet. */
async function publish(server: MediaServer): Promise<SignalingClient> {
  const client = await join(server, 'host');
  client.send({ type: 'offer', sdp: offers.host });
  await client.until('answer');
  return client;
}

function call(server: MediaServer, path: string, type?: string, body?: string): Promise<Response> {
  const posted = type === undefined ? {} : { method: 'POST', headers: { 'content-type': type }, body: body ?? '' };
  return fetch(`http://127.0.0.1:${server.ports.http}${path}`, posted);
}

it('is done at once where nobody is there, or no longer than a waiting viewer takes to be told', async () => {
  await (await start()).drain();
  const server = await start();
  server.rooms.create({ roomId: 'a@b' });
  const viewer = await join(server, 'viewer');
  await server.drain();
  expect(await viewer.until('reconnect')).toMatchObject({ reason: 'draining' });
});

it('takes nobody new, says so, and ends when the last one has gone', async () => {
  const server = await start();
  const host = await publish(server);
  const drained = server.drain();
  expect(await host.until('reconnect')).toEqual({ type: 'reconnect', reason: 'draining', retry_after_ms: 0 });

  const ready = await call(server, '/health/ready');
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ checks: { accepting: { ok: false, detail: 'draining' } } });
  expect((await call(server, '/health/live')).status).toBe(200);
  for (const refused of [
    await call(server, '/rooms', 'application/json', '{"room_id":"new"}'),
    await call(server, '/room/create', 'application/json', '{"post_id":"p","host_user_id":"h"}'),
    await call(server, '/whip/new', 'application/sdp', offers.host),
    await call(server, '/whep/nowhere', 'application/sdp', offers.viewer),
    await call(server, '/livestream/eve/join', 'application/json', '{}'),
  ]) {
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await refused.json()).toMatchObject({ code: 'draining', retryable: true });
  }
  await expect(SignalingClient.open(server.ports.http, 'a')).rejects.toThrow('503');
  // A socket that is open already is told in the same words.
  host.send({ type: 'offer', sdp: offers.host });
  expect(await host.until('error')).toMatchObject({ code: 'draining', retryable: true });
  await drained;
  expect(server.rooms.list().map(({ id }) => id)).toEqual(['a@b']);
});

it('waits no longer than the deadline, and not at all once it is cut short', async () => {
  const server = await start({ deadline_seconds: 0 });
  const host = await publish(server);
  await server.drain();
  expect(server.rooms.sessionCount).toBe(1);
  await server.close();
  expect(await host.until('ended')).toMatchObject({ reason: 'shutdown' });

  const patient = await start();
  await publish(patient);
  const drained = patient.drain();
  await patient.close();
  await drained;
});

it('sends everybody to the other server, hosts first and viewers spread over a while', async () => {
  const server = await start({ reconnect_url: 'https://other.example/media', spread_seconds: 5 });
  const host = await publish(server);
  const viewers = await Promise.all(Array.from({ length: 20 }, () => join(server, 'viewer')));
  void server.drain();
  const url = 'wss://other.example/media/signal/a%40b';
  expect(await host.until('reconnect')).toMatchObject({ retry_after_ms: 0, url });
  const told = await Promise.all(viewers.map((viewer) => viewer.until('reconnect')));
  expect(new Set(told.map((message) => message.url))).toEqual(new Set([url]));
  const waits = told.map((message) => message.retry_after_ms);
  // At a hundred a second.
  expect(Math.max(...waits)).toBeLessThanOrEqual(200);
  expect(new Set(waits).size).toBeGreaterThan(5);
});

it('does not remove rooms because their people have been sent away', async () => {
  const server = await start();
  const host = await publish(server);
  const drained = server.drain();
  host.send({ type: 'leave' });
  await drained;
  server.rooms.sweep();
  expect(server.rooms.list()).toHaveLength(1);
});
