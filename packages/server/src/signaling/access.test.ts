import { type TokenClaims, ticketSchema } from '@bitbasel/protocol';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signToken } from '../auth/sign-token.ts';
import { configSchema } from '../config/schema.ts';
import { type MediaServer, startServer } from '../server.ts';
import { offers } from '../test-support/rooms.ts';
import { SignalingClient } from '../test-support/signaling-client.ts';

const secret = 'the secret of these tests, long enough';
const sockets: SignalingClient[] = [];
let server: MediaServer;

beforeAll(async () => {
  const config = configSchema.parse({
    server: { host: '127.0.0.1', port: 0, http_alias_port: 0, signaling_alias_port: 0 },
    ...{ media: { port: 0 }, history: { mode: 'memory' }, auth: { secret } },
  });
  server = await startServer(config, { logger: pino({ level: 'silent' }) });
  server.rooms.create({ roomId: 'a' });
});
afterAll(() => {
  for (const { socket } of sockets) socket.terminate();
  return server.close();
});

const sign = (grants: TokenClaims['grants'], key = secret, ttlSeconds = 60) =>
  signToken({ room: 'a', grants, sub: 'eve' }, key, { ttlSeconds, nowMs: Date.now() });

/** As a browser does it, which can set no header. */
async function open(token?: string, room = 'a'): Promise<SignalingClient> {
  const protocols = token === undefined ? [] : ['bitbasel', `bitbasel.token.${token}`];
  const client = await SignalingClient.open(server.ports.http, room, protocols);
  sockets.push(client);
  return client;
}

describe('a WebSocket where tokens are asked for', () => {
  // Not by the handshake's status, which browsers hide from their pages.
  async function expectRefused(client: SignalingClient, code: string): Promise<void> {
    expect(await client.next()).toMatchObject({ type: 'error', code, retryable: false });
    expect(await client.closed).toBe(4401);
  }

  it('is closed on a bad token, which is told why', async () => {
    await expectRefused(await open(await sign(['watch'], 'another secret, which is long enough')), 'invalid_token');
    await expectRefused(await open(await sign(['watch'], secret, -60)), 'token_expired');
  });

  it.each([
    ['join', { type: 'join' }],
    ['join as host', { type: 'join', role: 'host' }],
    ['offer of a host', { type: 'offer', sdp: offers.host }],
    ['offer of a viewer', { type: 'offer', sdp: offers.viewer, role: 'viewer' }],
  ])('does nothing without one: %s', async (_, message) => {
    const client = await open();
    client.send(message);
    expect(await client.next()).toMatchObject({ type: 'error', code: 'unauthorized', retryable: false });
    expect(server.rooms.get('a').hasSessions).toBe(false);
  });

  it('keeps a viewer from publishing, and everybody out of other rooms, whether or not there are such', async () => {
    const token = await sign(['watch']);
    const client = await open(token);
    client.send({ type: 'join', role: 'host' });
    expect(await client.next()).toMatchObject({ type: 'error', code: 'forbidden' });
    server.rooms.create({ roomId: 'b' });
    for (const room of ['b', 'nowhere']) {
      const other = await open(token, room);
      other.send({ type: 'join' });
      expect(await other.next()).toMatchObject({ type: 'error', code: 'forbidden' });
    }
  });

  it('takes the user from the token, and no other name', async () => {
    const liar = await open(await sign(['publish']));
    liar.send({ type: 'join', role: 'host', user_id: 'bob' });
    expect(await liar.next()).toMatchObject({ type: 'error', code: 'forbidden' });
    const client = await open(await sign(['publish']));
    client.send({ type: 'join', role: 'host' });
    expect(await client.next()).toMatchObject({ type: 'welcome', role: 'host', resume_secret: expect.any(String) });
  });

  it('is opened by a ticket once', async () => {
    const answer = await fetch(`http://127.0.0.1:${server.ports.http}/tickets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await sign(['watch'])}` },
    });
    const { ticket } = ticketSchema.parse(await answer.json());
    const enter = async () => {
      const client = await SignalingClient.open(server.ports.http, `a?ticket=${ticket}`);
      sockets.push(client);
      client.send({ type: 'join' });
      return client;
    };
    expect(await (await enter()).next()).toMatchObject({ type: 'welcome', role: 'viewer' });
    await expectRefused(await enter(), 'invalid_token');
  });
});
