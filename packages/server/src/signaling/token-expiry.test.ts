import type { TokenClaims } from '@bitbasel/protocol';
import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { signToken } from '../auth/sign-token.ts';
import { configSchema } from '../config/schema.ts';
import { startServer } from '../server.ts';
import { ManualClock, offers } from '../test-support/rooms.ts';
import { SignalingClient } from '../test-support/signaling-client.ts';

const secret = 'the secret of these tests, long enough';
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(endSessions: boolean) {
  const clock = new ManualClock();
  const config = configSchema.parse({
    server: { host: '127.0.0.1', port: 0, http_alias_port: false, signaling_alias_port: false },
    ...{ media: { port: 0 }, history: { mode: 'memory' } },
    auth: { secret, end_sessions_on_expiry: endSessions },
  });
  const server = await startServer(config, { clock, logger: pino({ level: 'silent' }) });
  cleanups.push(() => server.close());
  const sign = (ttlSeconds: number, sub = 'eve', grants: TokenClaims['grants'] = ['publish']) =>
    signToken({ room: 'a', grants, sub }, secret, { ttlSeconds, nowMs: clock.nowUs() / 1000 });
  /** A host whose session waits for the answer to the server's offer, which may take a minute. */
  const publish = async (token: string) => {
    const client = await SignalingClient.open(server.ports.http, 'a', ['bitbasel', `bitbasel.token.${token}`]);
    cleanups.push(() => client.socket.terminate());
    client.send({ type: 'join', role: 'host', offer: 'server' });
    await client.until('offer');
    return client;
  };
  return { clock, server, sign, publish };
}

it('ends the session of a token that has expired, and says so', async () => {
  const { clock, server, sign, publish } = await start(true);
  const client = await publish(await sign(20));
  // Within what clocks may differ.
  clock.advance(24);
  client.send({ type: 'ping' });
  await client.until('pong');
  expect(server.rooms.sessionCount).toBe(1);
  clock.advance(2);
  expect(await client.until('error')).toMatchObject({ code: 'token_expired', retryable: false });
  expect(await client.closed).toBe(4401);
  expect(server.rooms.sessionCount).toBe(0);
});

it('lets it go on where a later token of the same user came before, and begins no other session without', async () => {
  const { clock, server, sign, publish } = await start(true);
  const client = await publish(await sign(20));
  client.send({ type: 'token', token: await sign(40) });
  expect(await client.until('token')).toEqual({ type: 'token', expires_at: '2026-01-01T00:00:45.000Z' });
  // An older one shortens nothing.
  client.send({ type: 'token', token: await sign(10) });
  expect(await client.until('token')).toMatchObject({ expires_at: '2026-01-01T00:00:45.000Z' });
  clock.advance(40);
  client.send({ type: 'ping' });
  await client.until('pong');
  expect(server.rooms.sessionCount).toBe(1);
  clock.advance(6);
  expect(await client.until('error')).toMatchObject({ code: 'token_expired' });
});

it('refuses tokens that are not good, of others, or not for this, and changes nothing', async () => {
  const { server, sign, publish } = await start(true);
  const client = await publish(await sign(20));
  for (const [token, code] of [
    ['nonsense', 'invalid_token'],
    ['resume_nonsense', 'resume_refused'],
    [await sign(-60), 'token_expired'],
    [await sign(60, 'bob'), 'forbidden'],
    [await sign(60, 'eve', ['watch']), 'forbidden'],
  ] as const) {
    client.send({ type: 'token', token });
    expect(await client.until('error')).toMatchObject({ code });
  }
  client.send({ type: 'ping' });
  await client.until('pong');
  expect(server.rooms.sessionCount).toBe(1);
});

it('is not so unless it is set: a token is for coming in', async () => {
  const { clock, server, sign, publish } = await start(false);
  const client = await publish(await sign(20));
  clock.advance(40);
  client.send({ type: 'offer', sdp: offers.host });
  await client.until('answer');
  expect(server.rooms.sessionCount).toBe(1);
});
