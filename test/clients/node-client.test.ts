import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MediaEvent } from '@bitbasel/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  Conflict,
  MediaServerClient,
  MediaServerError,
  NotAuthorized,
  NotFound,
} from '../../packages/node-client/src/index.ts';
import { TokenMinter } from '../../packages/node-client/src/tokens.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { publishOffer } from '../support/whip-peer.ts';

// The client for backends against a real server, which asks for tokens.

const secret = 'the secret of these tests, long enough';
const minter = new TokenMinter(secret);
const folder = mkdtempSync(join(tmpdir(), 'bitbasel-node-client-'));
const settings = {
  ...{ 'auth.secret': secret, 'log.level': 'error' },
  ...{ 'history.mode': 'sqlite', 'history.path': join(folder, 'history.sqlite') },
};
let server: MediaServerProcess;
let client: MediaServerClient;

beforeAll(async () => {
  server = await MediaServerProcess.start(settings);
  client = new MediaServerClient(server.url, { token: () => minter.forManager() });
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  for (const { room_id } of await client.listRooms()) await client.stopRoom(room_id);
});

/** Names a peer that never comes. */
const remote = {
  ice: { ufrag: 'abcd', pwd: 'abcdefghijklmnopqrstuvwx' },
  fingerprint: { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') },
  dtlsRole: 'client',
} as const;

describe('calls', () => {
  it('make, show, list and stop rooms', async () => {
    expect(await client.health()).toMatchObject({ status: 'healthy', service: 'media_server' });
    expect((await client.readiness()).checks.listening).toEqual({ ok: true });
    const roomId = await client.createRoom('post', 'eve');
    expect(await client.createRoom('post', 'eve')).toBe(roomId);
    expect(await client.getRoomStats(roomId)).toMatchObject({ post_id: 'post', is_active: false, viewer_count: 0 });
    const stage = await client.openRoom('stage', { owner: 'eve', postId: 'p', settings: { max_viewers: 7, mine: 1 } });
    expect(stage).toMatchObject({ room_id: 'stage', max_viewers: 7, settings: { mine: 1 } });
    expect((await client.listRooms()).map(({ room_id }) => room_id)).toEqual([roomId, 'stage']);
    expect((await client.getRoom('stage')).owner).toBe('eve');
    expect(await client.getRoomQuality('stage')).toMatchObject({ hosts: [], viewers: [], summary: { viewers: 0 } });
    expect(await client.getStats()).toMatchObject({ total_rooms: 2, total_peers: 0 });
    expect(await client.getIceServers()).toEqual([]);
    expect((await client.createTicket()).ticket).toMatch(/^[\w-]{32}$/);
    await client.stopRoom(roomId);
    expect((await client.listRooms()).length).toBe(1);
  });

  it('say and remove what is said', async () => {
    await client.openRoom('talk');
    const { id, from } = await client.say('talk', 'Hello <b>', { name: 'Team' });
    expect(from).toMatchObject({ role: 'system', name: 'Team' });
    expect(await client.getChat('talk')).toMatchObject({ enabled: true, messages: [{ id, text: 'Hello <b>' }] });
    await client.removeChatMessage('talk', id);
    expect((await client.getChat('talk')).messages).toEqual([]);
  });

  it('begin, answer and end livestreams', async () => {
    const offered = await client.startLivestream('eve ü', { roomId: 'show', postId: 'p' });
    expect(offered).toMatchObject({ room_id: 'show', type: 'offer', post_id: 'p' });
    await expect(client.answerLivestream(offered.session_id, 'v=0\r\n')).rejects.toMatchObject({
      code: 'answer_mismatch',
    });
    await expect(client.joinLivestream('eve ü', offered.sdp, { viewerId: 'ben' })).rejects.toThrow(MediaServerError);
    expect(await client.endLivestream({ userId: 'eve ü' })).toBe('show');
    const answered = await client.startLivestream('ann', { roomId: 'own', sdp: publishOffer(remote), takeover: true });
    expect(answered).toMatchObject({ room_id: 'own', type: 'answer' });
    const { hosts } = await client.getRoomQuality('own');
    expect(hosts.map(({ user_id }) => user_id)).toEqual(['ann']);
    await client.kick('own', hosts[0]?.session_id ?? '');
    expect((await client.getRoomQuality('own')).hosts).toEqual([]);
    expect(await client.endLivestream({ roomId: 'own' })).toBe('own');
  });

  it('page through what was', async () => {
    for (const room of ['h1', 'h2', 'h3']) {
      await client.openRoom(room, { owner: 'historian' });
      await client.stopRoom(room);
    }
    const first = await client.listRoomHistory({ limit: 2 });
    expect(first.rooms.map(({ room_id }) => room_id)).toEqual(['h3', 'h2']);
    const second = await client.listRoomHistory({ limit: 1, cursor: first.next ?? '' });
    expect(second.rooms[0]).toMatchObject({ room_id: 'h1', end_reason: 'stopped' });
    const runId = first.rooms[1]?.run_id;
    expect(await client.getRoomHistory('h2', { runId })).toMatchObject({ run_id: runId, sessions: [], next: null });
    expect((await client.listRoomHistory({ roomId: 'h2' })).rooms.length).toBe(1);
  });

  it('are refused with what was wrong, and what to do', async () => {
    await client.openRoom('taken', { owner: 'eve' });
    await expect(client.openRoom('taken', { owner: 'ben' })).rejects.toThrow(Conflict);
    await expect(client.stopRoom('unknown')).rejects.toThrow(NotFound);
    const forged = new TokenMinter('another secret, which is long enough').forManager();
    await expect(client.listRooms({ token: await forged })).rejects.toMatchObject({
      status: 401,
      code: 'invalid_token',
    });
    const limited = client.withOptions({ token: () => minter.forManager('a*') });
    await expect(limited.getStats()).rejects.toThrow(NotAuthorized);
    expect(await limited.listRooms()).toEqual([]);
    const wrong = await client.openRoom('a', { settings: { max_viewers: 0 } }).catch((error) => error);
    expect(wrong).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(wrong.faults[0]).toMatch(/^settings.max_viewers: /);
    expect(wrong.advice).toContain('errors');
  });
});

it('a restart is waited for by a call that may be repeated', async () => {
  const ports = { 'server.port': String(server.port) };
  await server.kill();
  const patient = client.withOptions({ retry: { retries: 100, firstWaitMs: 100, longestWaitMs: 500 } });
  const health = patient.health();
  server = await MediaServerProcess.start({ ...settings, ...ports });
  expect((await health).status).toBe('healthy');
});

it('events come in order, across a kill and a restart too, until the loop is left', async () => {
  const controller = new AbortController();
  const seen: MediaEvent[] = [];
  const read = async () => {
    for await (const event of client.events({ signal: controller.signal })) {
      seen.push(event);
      if (event.room_id === 'last') return 'left';
    }
    return 'ended';
  };
  const reading = read();
  // Until the stream is open nothing is sent that could be missed.
  await expect
    .poll(
      async () => {
        await client.openRoom('first', { owner: 'eve' });
        await client.stopRoom('first');
        return seen.length > 0;
      },
      { timeout: 30_000 },
    )
    .toBe(true);
  const { port } = server;
  await server.kill();
  server = await MediaServerProcess.start({ ...settings, 'server.port': String(port) });
  await client.openRoom('last', { owner: 'eve' });
  expect(await reading).toBe('left');
  const ids = seen.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
  expect(seen.at(-1)).toMatchObject({ type: 'room.started', data: { owner: 'eve' } });

  const again: MediaEvent[] = [];
  for await (const event of client.events({ roomId: 'last', lastEventId: ids[0] })) {
    again.push(event);
    break;
  }
  expect(again).toEqual([seen.at(-1)]);
  await expect(client.events({ token: 'nonsense' }).next()).rejects.toThrow(NotAuthorized);
  const waiting = client.events({ signal: controller.signal }).next();
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});
