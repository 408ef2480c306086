import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SignalingClient } from '../../packages/server/src/test-support/signaling-client.ts';
import { type ClientPeer, createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { localTransportOf, publishOffer } from '../support/whip-peer.ts';

let server: MediaServerProcess;
const peers: ClientPeer[] = [];

beforeAll(async () => {
  server = await MediaServerProcess.start();
});

afterAll(async () => {
  for (const peer of peers) peer.close();
  await server?.stop();
});

/** A port of which nobody answers: this socket stays open, and drops what comes, as a firewall does. */
async function silentPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1').unref();
  await once(socket, 'listening');
  return socket.address().port;
}

/** A host that sends its packets to this port. */
async function publish(room: string, port?: number): Promise<SignalingClient> {
  const peer = await createClientPeer();
  peers.push(peer);
  const client = await SignalingClient.open(server.port, room);
  client.send({ type: 'offer', role: 'host', sdp: publishOffer(peer.remote) });
  const local = localTransportOf((await client.until('answer')).sdp);
  peer.connect({ ...local, candidates: local.candidates.map((one) => ({ ...one, ...(port && { port }) })) });
  return client;
}

it('tells a peer whose packets do not arrive, before its session is given up; and no other', async () => {
  const blocked = await publish('blocked', await silentPort());
  const reaching = await publish('open');
  await reaching.until('connection', ({ state }) => state === 'connected');

  const notice = await blocked.until('notice');
  expect(notice).toMatchObject({
    code: 'udp_blocked',
    detail: expect.stringContaining(`127.0.0.1 port ${server.mediaPort}`),
    advice: expect.stringContaining('turn.urls'),
  });
  expect(await blocked.until('connection')).toMatchObject({ state: 'failed' });

  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/^bitbasel_sessions_unreached_total\{role="host"\} 1$/m);
  expect(server.output.match(/"msg":"session not reached"/g)).toHaveLength(1);
  expect(server.output).toMatch(/"room":"blocked"[^\n]*"msg":"session not reached"/);
});
