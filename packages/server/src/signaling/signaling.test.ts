import { createConnection } from 'node:net';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { configSchema } from '../config/schema.ts';
import { AppError } from '../errors.ts';
import { type MediaServer, startServer } from '../server.ts';
import { MediaPeer } from '../test-support/media-peer.ts';
import { offers } from '../test-support/rooms.ts';
import { SignalingClient } from '../test-support/signaling-client.ts';
import { roomOf } from './signaling-server.ts';
import { parseMessage } from './signaling-socket.ts';

const ephemeral = { host: '127.0.0.1', port: 0, http_alias_port: 0, signaling_alias_port: 0 };
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(settings: { server?: object; rooms?: object } = {}) {
  const config = configSchema.parse({
    ...settings,
    server: { ...ephemeral, ...settings.server },
    media: { port: 0 },
    history: { mode: 'memory' },
  });
  const server = await startServer(config, { logger: pino({ level: 'silent' }) });
  cleanups.push(() => server.close());
  return server;
}

async function open(server: MediaServer, room = 'a', port = server.ports.http): Promise<SignalingClient> {
  const client = await SignalingClient.open(port, room);
  cleanups.push(() => client.socket.terminate());
  return client;
}

async function mediaPeer(): Promise<MediaPeer> {
  const media = await MediaPeer.create();
  cleanups.push(() => media.peer.close());
  return media;
}

/** A host that is live by its own offer. */
async function goLive(server: MediaServer, room = 'a', userId = 'eve') {
  const [client, media] = [await open(server, room), await mediaPeer()];
  client.send({ type: 'join', role: 'host', user_id: userId });
  client.send({ type: 'offer', sdp: media.offer('host') });
  await media.accept((await client.until('answer')).sdp);
  await client.until('connection', ({ state }) => state === 'connected');
  return { client, media };
}

describe('signaling', () => {
  it('takes a broadcaster through join, offer and answer to live', async () => {
    const server = await start();
    const [client, media] = [await open(server), await mediaPeer()];
    client.send({ type: 'join', role: 'broadcaster', user_id: 'eve' });
    expect(await client.next()).toMatchObject({
      type: 'welcome',
      role: 'host',
      room: { room_id: 'a', owner: 'eve', is_active: false, media: { video: { codec: 'VP8' } } },
      // Google's STUN server is of no use to peers of this machine.
      ice_servers: [],
      server_time_ms: expect.any(Number),
    });
    client.send({ type: 'offer', sdp: media.offer('host') });
    const answer = await client.next();
    expect(answer).toMatchObject({ type: 'answer', sdp: expect.stringContaining('a=recvonly') });
    expect(await client.next()).toEqual({ type: 'connection', state: 'connecting' });
    if (answer.type === 'answer') await media.accept(answer.sdp);
    expect(await client.next()).toMatchObject({ type: 'live', room: { has_host: true } });
    expect(await client.next()).toEqual({ type: 'connection', state: 'connected' });
    expect(server.rooms.get('a').isLive).toBe(true);
  });

  it('answers a viewer whose offer comes with the join, and counts it until its socket is gone', async () => {
    const server = await start();
    const host = await goLive(server);
    const [client, media] = [await open(server), await mediaPeer()];
    client.send({ type: 'join', role: 'viewer', sdp: media.offer('viewer') });
    expect((await client.next()).type).toBe('welcome');
    expect((await client.next()).type).toBe('live');
    await media.accept((await client.until('answer')).sdp);
    expect(await host.client.until('viewer-count')).toEqual({ type: 'viewer-count', viewer_count: 1 });
    client.socket.terminate();
    expect(await host.client.until('viewer-count')).toEqual({ type: 'viewer-count', viewer_count: 0 });
    expect(server.rooms.stats()).toMatchObject({ total_viewers: 0, total_hosts: 1 });
    expect(server.rooms.stats().total_bytes_received).toBeGreaterThanOrEqual(0);
  });

  it("keeps a viewer's offer while nobody is live, and answers it then", async () => {
    const server = await start();
    server.rooms.create({ roomId: 'a' });
    const [client, media] = [await open(server), await mediaPeer()];
    client.send({ type: 'join' });
    expect((await client.next()).type).toBe('welcome');
    expect(await client.next()).toMatchObject({ type: 'waiting', room: { has_host: false } });
    client.send({ type: 'offer', sdp: media.offer('viewer') });
    expect((await client.next()).type).toBe('waiting');
    await goLive(server);
    expect(await client.next()).toMatchObject({ type: 'live', room: { has_host: true } });
    const answer = await client.next();
    expect(answer.type).toBe('answer');
    if (answer.type === 'answer') await media.accept(answer.sdp);
    await client.until('connection', ({ state }) => state === 'connected');
  });

  it('writes the offers itself where it is asked to: to a host at once, to a viewer when the room is live', async () => {
    const server = await start();
    server.rooms.create({ roomId: 'a' });
    const [viewer, viewerMedia] = [await open(server), await mediaPeer()];
    viewer.send({ type: 'join', role: 'viewer', offer: 'server' });
    await viewer.until('waiting');

    const [host, hostMedia] = [await open(server), await mediaPeer()];
    host.send({ type: 'join', role: 'host', offer: 'server' });
    const hostOffer = await host.until('offer');
    host.send({ type: 'answer', sdp: hostMedia.answer(hostOffer.sdp) });
    await hostMedia.accept(hostOffer.sdp);

    await viewer.until('live');
    const viewerOffer = await viewer.until('offer');
    viewer.send({ type: 'answer', sdp: viewerMedia.answer(viewerOffer.sdp) });
    await viewerMedia.accept(viewerOffer.sdp);
    await viewer.until('connection', ({ state }) => state === 'connected');
    expect(server.rooms.stats()).toMatchObject({ total_hosts: 1, total_viewers: 1 });
  });

  it('tells the role by the offer where nobody has joined', async () => {
    const server = await start();
    const [host, media] = [await open(server), await mediaPeer()];
    host.send({ type: 'offer', sdp: media.offer('host') });
    expect(await host.next()).toMatchObject({ type: 'welcome', role: 'host' });
    await media.accept((await host.until('answer')).sdp);
    await host.until('live');
    const viewer = await open(server);
    viewer.send({ type: 'offer', sdp: offers.viewer });
    expect(await viewer.next()).toMatchObject({ type: 'welcome', role: 'viewer' });
    expect((await viewer.until('answer')).sdp).toContain('a=sendonly');
  });

  it('lets viewers stay when the host leaves', async () => {
    const server = await start();
    const host = await goLive(server);
    const [viewer, media] = [await open(server), await mediaPeer()];
    viewer.send({ type: 'join', sdp: media.offer('viewer') });
    await media.accept((await viewer.until('answer')).sdp);
    await viewer.until('connection', ({ state }) => state === 'connected');
    host.client.send({ type: 'leave' });
    expect(await host.client.until('left')).toMatchObject({ session_id: expect.any(String) });
    expect(await host.client.closed).toBe(1000);
    await viewer.until('waiting');
    await goLive(server);
    await viewer.until('live');
    expect(media.peer.state).toBe('connected');
    expect(server.rooms.stats().total_viewers).toBe(1);
  });

  it('tells of the end of the room, and closes', async () => {
    const server = await start();
    const { client } = await goLive(server);
    const answer = await fetch(`http://127.0.0.1:${server.ports.http}/rooms/a`, { method: 'DELETE' });
    expect(answer.status).toBe(200);
    expect(await client.until('ended')).toEqual({ type: 'ended', reason: 'stopped' });
    expect(await client.closed).toBe(1000);
  });

  it('tells of the end of the server', async () => {
    const server = await start();
    const client = await open(server);
    const joined = await goLive(server);
    await server.close();
    expect(await joined.client.until('ended')).toEqual({ type: 'ended', reason: 'shutdown' });
    expect(await joined.client.closed).toBe(1001);
    expect(await client.closed).toBe(1001);
  });

  it('answers pings before and after the join, in order with all else', async () => {
    const client = await open(await start());
    client.send({ type: 'ping', id: 7 });
    client.send({ type: 'join', role: 'host' });
    client.send({ type: 'ice-candidate', candidate: null });
    client.send({ type: 'ice-candidate', candidate: { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host' } });
    client.send({ type: 'ping' });
    expect(await client.next()).toEqual({ type: 'pong', id: 7, server_time_ms: expect.any(Number) });
    expect((await client.next()).type).toBe('welcome');
    expect(await client.next()).toEqual({ type: 'pong', server_time_ms: expect.any(Number) });
  });

  it('serves the same on every port', async () => {
    const server = await start();
    for (const port of [server.ports.httpAlias, server.ports.signalingAlias]) {
      const client = await open(server, 'a', port);
      client.send({ type: 'join', role: 'host' });
      expect((await client.next()).type).toBe('welcome');
    }
  });
});

describe('several hosts', () => {
  const users = (hosts: readonly { user_id: string | null }[]) => hosts.map(({ user_id }) => user_id);

  it('are told to a viewer with the m-lines that carry them, as they come and go', async () => {
    const server = await start({ rooms: { max_hosts: 2 } });
    const eve = await goLive(server, 'a', 'eve');
    const [viewer, media] = [await open(server), await mediaPeer()];
    viewer.send({ type: 'join', offer: 'server' });
    const { sdp } = await viewer.until('offer');
    viewer.send({ type: 'answer', sdp: media.answer(sdp) });
    await media.accept(sdp);
    const alone = await viewer.until('hosts', ({ hosts }) => hosts[0]?.video_mid === '1');
    expect(alone.hosts).toMatchObject([{ user_id: 'eve', is_main: true, audio_mid: '0', video_mid: '1' }]);

    const bob = await goLive(server, 'a', 'bob');
    const both = await viewer.until('hosts', ({ hosts }) => hosts.length === 2);
    expect(both.hosts[0]).toEqual(alone.hosts[0]);
    expect(both.hosts[1]).toMatchObject({ user_id: 'bob', is_main: false, audio_mid: '2', video_mid: '3' });
    expect((await eve.client.until('hosts', ({ hosts }) => hosts.length === 2)).hosts[0]).toMatchObject({
      user_id: 'eve',
      video_mid: null,
    });

    const third = await open(server);
    third.send({ type: 'join', role: 'host', user_id: 'dan' });
    const refusal = await third.next();
    expect(refusal).toMatchObject({ type: 'error', code: 'host_exists' });
    expect(JSON.stringify(refusal)).toContain('at most 2 hosts');

    bob.client.socket.terminate();
    expect(users((await viewer.until('hosts', ({ hosts }) => hosts.length === 1)).hosts)).toEqual(['eve']);
  });

  it('let a viewer that can show more of them offer anew, and no other', async () => {
    const server = await start({ rooms: { max_hosts: 2 } });
    await goLive(server);
    const several = await open(server);
    several.send({ type: 'join', sdp: offers.viewer, slots: 8 });
    several.send({ type: 'ping', id: 1 });
    const types: string[] = [];
    while (types.at(-1) !== 'pong') types.push((await several.next()).type);
    expect(types).not.toContain('answer');
    several.send({ type: 'offer', sdp: offers.viewer });
    await several.until('answer');

    const single = await open(server);
    single.send({ type: 'join', sdp: offers.viewer, slots: 1 });
    await single.until('answer');
    const inOther = await start();
    await goLive(inOther);
    const viewer = await open(inOther);
    viewer.send({ type: 'join', sdp: offers.viewer, slots: 8 });
    await viewer.until('answer');
  });
});

describe('signaling refuses', () => {
  it('a viewer of an unknown room, finally', async () => {
    const client = await open(await start(), 'nowhere');
    client.send({ type: 'join', role: 'viewer', sdp: offers.viewer });
    expect(await client.next()).toMatchObject({ type: 'error', code: 'room_not_found', retryable: false });
    expect(await client.closed).toBe(4404);
  });

  it('a second host, and a viewer too many', async () => {
    const server = await start({ rooms: { max_viewers_per_room: 1 } });
    await goLive(server);
    const second = await open(server);
    second.send({ type: 'join', role: 'host' });
    expect(await second.next()).toMatchObject({ code: 'host_exists', retryable: false });
    expect(await second.closed).toBe(4409);
    const first = await open(server);
    first.send({ type: 'join', sdp: offers.viewer });
    await first.until('answer');
    const third = await open(server);
    third.send({ type: 'join' });
    expect(await third.next()).toMatchObject({ code: 'room_full', retryable: true });
    expect(await third.closed).toBe(4503);
  });

  it('sockets beyond server.max_connections', async () => {
    const server = await start({ server: { max_connections: 1 } });
    await open(server);
    await expect(SignalingClient.open(server.ports.http, 'a')).rejects.toThrow('503');
  });

  it('other paths', async () => {
    const server = await start();
    await expect(SignalingClient.open(server.ports.http, 'a/b')).rejects.toThrow('404');
    await expect(SignalingClient.open(server.ports.http, '%zz')).rejects.toThrow('404');
  });

  it.each<[string, string | Buffer, string]>([
    ['binary frames', Buffer.from([1, 2, 3]), 'Binary frame'],
    ['what is not JSON', '{"type":', 'Not JSON'],
    ['unknown types', '{"type":"dance"}', 'type'],
    ['wrong fields', '{"type":"offer","sdp":5}', 'sdp'],
    ['bad candidates', '{"type":"ice-candidate","candidate":5}', 'candidate'],
    ['an answer before the join', '{"type":"answer","sdp":"v=0"}', 'join'],
  ])('%s with bad_message, and goes on', async (_name, frame, detail) => {
    const client = await open(await start());
    client.socket.send(frame);
    const told = {
      ...{ type: 'error', code: 'bad_message', retryable: false, detail: expect.stringContaining(detail) },
      advice: expect.stringContaining('asyncapi.json'),
    };
    expect(await client.next()).toMatchObject(told);
    client.send({ type: 'ping' });
    expect((await client.next()).type).toBe('pong');
  });

  it('a second join, another role, and an answer to no offer', async () => {
    const client = await open(await start());
    client.send({ type: 'join', role: 'host' });
    await client.until('welcome');
    for (const message of [{ type: 'join' }, { type: 'offer', role: 'viewer', sdp: offers.viewer }]) {
      client.send(message);
      expect(await client.next()).toMatchObject({ type: 'error', code: 'bad_message' });
    }
    client.send({ type: 'answer', sdp: 'v=0' });
    expect(await client.next()).toMatchObject({ type: 'error', code: 'answer_not_expected' });
  });

  it('a bad description, and takes a good one after it', async () => {
    const server = await start();
    const client = await open(server);
    client.send({ type: 'join', role: 'host' });
    client.send({ type: 'offer', sdp: 'nonsense' });
    expect(await client.until('error')).toMatchObject({ code: 'malformed_sdp', retryable: false });
    client.send({ type: 'offer', sdp: offers.viewer });
    expect(await client.until('error')).toMatchObject({ code: 'wrong_direction' });
    client.send({ type: 'offer', sdp: offers.host });
    expect((await client.until('answer')).sdp).toContain('a=recvonly');
  });

  it('to listen on after twenty bad messages', async () => {
    const client = await open(await start());
    for (let index = 0; index < 20; index += 1) client.socket.send('?');
    expect(await client.closed).toBe(1008);
  });

  it('messages that are too long', async () => {
    const client = await open(await start());
    client.socket.send(JSON.stringify({ type: 'join', user_id: 'x'.repeat(200_000) }));
    expect(await client.closed).toBe(1009);
  });

  it('broken frames, and nobody else is disturbed', async () => {
    const server = await start();
    const { client } = await goLive(server);
    const raw = createConnection(server.ports.http, '127.0.0.1');
    cleanups.push(() => raw.destroy());
    const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13';
    raw.write(`GET /signal/a HTTP/1.1\r\nHost: x\r\n${upgrade}\r\nSec-WebSocket-Key: ${'A'.repeat(22)}==\r\n\r\n`);
    await new Promise((resolve) => raw.once('data', resolve));
    raw.write(Buffer.alloc(64, 0xff));
    await new Promise((resolve) => raw.once('close', resolve));
    client.send({ type: 'ping' });
    await client.until('pong');
  });

  it('anything with its own error only', () => {
    const frames = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ type: fc.string(), sdp: fc.jsonValue() }).map((x) => JSON.stringify(x)),
    );
    fc.assert(
      fc.property(frames, fc.boolean(), (frame, isBinary) => {
        expect(codeOf(() => parseMessage(Buffer.from(frame), isBinary))).toBe('bad_message');
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom('', '/signal/'), fc.string(), (path, rest) => {
        expect(['not_found', undefined]).toContain(codeOf(() => roomOf(path + rest)));
      }),
    );
    expect(roomOf('/signal/room%40x/?token=1')).toBe('room@x');
  });
});

/** Undefined where nothing is thrown; any other error passes. */
function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}
