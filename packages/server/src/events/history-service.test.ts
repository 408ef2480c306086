import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type MediaEvent, mediaEventSchema } from '@bitbasel/protocol';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configSchema } from '../config/schema.ts';
import { idOf } from '../history/numbering.ts';
import { answerOffer } from '../rooms/negotiation.ts';
import { RoomRegistry } from '../rooms/room-registry.ts';
import { MemoryTransport } from '../test-support/memory-transport.ts';
import { ManualClock, offers } from '../test-support/rooms.ts';
import { HistoryService } from './history-service.ts';
import type { SendWebhook } from './webhook-request.ts';

const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
let folder: string;
let path: string;
const clock = new ManualClock();
const cleanups: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bitbasel-history-'));
  path = join(folder, 'deeper', 'history.sqlite');
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  rmSync(folder, { recursive: true, force: true });
});

/** Rooms with their record, as the server has them. */
async function start(settings: object = {}, send?: SendWebhook) {
  const config = configSchema.parse({ history: { path }, ...settings });
  const logger = pino({ level: 'silent' });
  const records = await HistoryService.open({ config, clock, logger, ...(send && { send }) });
  const transport = new MemoryTransport();
  const rooms = new RoomRegistry({ config, transport, clock, logger, events: records.sink, wake: () => {} });
  rooms.restore(records.openRooms);
  const connect = (room: string, role: 'host' | 'viewer', userId: string | null = null) => {
    const { session } = answerOffer(rooms.get(room), role, offers[role], { kind: 'http', userId });
    transport.connection.become('connected');
    return { session, connection: transport.connection };
  };
  const told: MediaEvent[] = [];
  const write = ({ body }: { body: string }) => told.push(mediaEventSchema.parse(JSON.parse(body))) > 0;
  records.events.subscribe({ write, end: () => {} }, undefined, 0);
  cleanups.push(() => records.close());
  const typesOf = async (room: string | null) => {
    await settle();
    return told.filter((event) => event.room_id === room).map(({ type }) => type);
  };
  /** Until all is on disk and told. */
  const settle = async () => {
    marks += 1;
    rooms.create({ roomId: `settle${marks}` });
    await records.settled();
    await records.history.rooms({ limit: 1 });
  };
  return { config, records, rooms, transport, connect, told, settle, typesOf };
}
let marks = 0;

/** A copy of the files as they are, which is what a kill leaves to the next server. */
function kill(): void {
  kills += 1;
  const copy = join(folder, `copy${kills}`);
  // The lock is the process's; a copy is free of it.
  cpSync(dirname(path), copy, { recursive: true });
  path = join(copy, basename(path));
}
let kills = 0;

describe('a server that was killed', () => {
  it('has its rooms again, as they were, but those that were stopped', async () => {
    const first = await start();
    const settings = { max_viewers: 7, theme: 'blue' };
    first.rooms.create({ roomId: 'kept', owner: 'anna', postId: 'post', settings });
    first.rooms.create({ roomId: 'gone' });
    first.rooms.stop('gone');
    await first.records.settled();
    const before = first.rooms.get('kept').info();
    kill();
    clock.advance(60);

    const { rooms } = await start();
    expect(rooms.list().map(({ id }) => id)).toEqual(['kept']);
    expect(rooms.get('kept').info()).toEqual(before);
    expect(rooms.get('kept').idleUs(clock.nowUs())).toBe(0);
  });

  it('ends the sessions that it was killed with, once, and knows the host that comes back', async () => {
    const first = await start();
    first.rooms.create({ roomId: 'a' });
    first.connect('a', 'host', 'anna');
    clock.advance(30);
    first.connect('a', 'viewer', 'ben');
    await first.settle();
    kill();
    clock.advance(10);

    const second = await start();
    second.connect('a', 'host', 'anna');
    const types = ['room.started', 'host.live', 'viewer.joined', 'host.lost', 'viewer.left', 'host.back'];
    expect(await second.typesOf('a')).toEqual(types);
    expect(second.told.find(({ type }) => type === 'viewer.left')).toMatchObject({
      data: { user_id: 'ben', reason: 'server_restarted', viewer_count: 0 },
    });
    const ids = second.told.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    kill();
    expect(await (await start()).typesOf('a')).toEqual([...types, 'host.lost']);
  });

  it('delivers what it had not delivered, in its order, and nothing twice that was written down as delivered', async () => {
    const webhooks = { endpoints: [{ url: 'http://127.0.0.1:1/hook', secret }] };
    const seen: string[] = [];
    const take: SendWebhook = async (_, { roomId, eventType }) => {
      if (roomId === 'a') seen.push(eventType);
      return eventType === 'host.live' ? 'answered 500' : undefined;
    };
    const first = await start({ history: { path }, webhooks }, take);
    first.rooms.create({ roomId: 'a' });
    first.connect('a', 'host').session.close('left');
    await first.settle();
    await first.settle();
    expect(seen).toEqual(['room.started', 'host.live']);
    kill();

    const later: string[] = [];
    const second = await start({ history: { path }, webhooks }, async (_, { roomId, eventType }) => {
      if (roomId === 'a') later.push(eventType);
      return undefined;
    });
    await expect.poll(() => later).toEqual(['host.live', 'host.lost']);
    await second.settle();
  });
});

describe('a server that was shut down', () => {
  it('has not ended its rooms: the next one goes on with them', async () => {
    const first = await start();
    first.rooms.create({ roomId: 'a' });
    first.connect('a', 'host', 'anna');
    first.rooms.close();
    await first.records.close();

    const second = await start();
    expect(second.rooms.list().map(({ id }) => id)).toEqual(['a']);
    expect(await second.typesOf('a')).toEqual(['room.started', 'host.live', 'host.lost']);
    expect(second.told.find(({ type }) => type === 'host.lost')).toMatchObject({ data: { reason: 'shutdown' } });
  });

  it('ends them where they are kept in memory', async () => {
    const { rooms, records, told } = await start({ history: { mode: 'memory' } });
    rooms.create({ roomId: 'a' });
    rooms.close();
    await records.close();
    expect(told.at(-1)).toMatchObject({ type: 'room.ended', data: { reason: 'shutdown' } });
  });
});

describe('the history', () => {
  it('sums rooms up from their sessions, in pages, newest first', async () => {
    const { rooms, records, connect, settle } = await start({ history: { mode: 'memory' } });
    rooms.create({ roomId: 'a', owner: 'anna' });
    const host = connect('a', 'host', 'anna');
    host.connection.receive(Buffer.alloc(1000));
    const viewers = ['ben', 'cleo'].map((name) => connect('a', 'viewer', name));
    viewers[0]?.connection.send(Buffer.alloc(500));
    clock.advance(90);
    viewers[0]?.session.close('left');
    clock.advance(30);
    rooms.stop('a');
    clock.advance(3600);
    await settle();

    const detail = await records.history.room('a', { limit: 2 });
    expect(detail).toMatchObject({
      ...{ room_id: 'a', owner: 'anna', end_reason: 'stopped', peak_viewers: 2, viewer_minutes: 3.5 },
      ...{ host_sessions: 1, viewer_sessions: 2, bytes_sent: 500, bytes_received: 1000 },
    });
    expect(detail?.sessions.map(({ user_id, duration_seconds }) => [user_id, duration_seconds])).toEqual([
      ['cleo', 120],
      ['ben', 90],
    ]);
    expect(detail?.sessions[0]).toMatchObject({
      session_id: viewers[1]?.session.publicId,
      quality: { packets_nacked: 0 },
    });
    const rest = await records.history.room('a', { limit: 2, cursor: detail?.next ?? '' });
    expect(rest).toMatchObject({ sessions: [{ user_id: 'anna', role: 'host', end_reason: 'room_ended' }], next: null });
  });

  it('keeps the lives of a room apart', async () => {
    const { rooms, records } = await start({ history: { mode: 'memory' } });
    for (const owner of ['anna', 'ben']) {
      rooms.create({ roomId: 'a', owner });
      rooms.stop('a');
    }
    await records.settled();
    const { rooms: lives } = await records.history.rooms({ limit: 10 }, 'a');
    expect(lives.map(({ owner }) => owner)).toEqual(['ben', 'anna']);
    expect(await records.history.room('a', { limit: 1 }, lives[1]?.run_id)).toMatchObject({ owner: 'anna' });
    expect(await records.history.room('a', { limit: 1 }, idOf('run', 1))).toBeUndefined();
  });

  it('says nothing of a room whose making failed', async () => {
    const { rooms, typesOf } = await start({ history: { mode: 'memory' } });
    rooms.use(
      () => rooms.create({ roomId: 'a' }),
      () => {},
    );
    expect(() =>
      rooms.use(
        () => rooms.create({ roomId: 'b' }),
        () => {
          throw new Error('no');
        },
      ),
    ).toThrow('no');
    expect([await typesOf('a'), await typesOf('b')]).toEqual([['room.started'], []]);
  });

  it('tells of a limit once in ten seconds, and how often it was hit meanwhile', async () => {
    const { rooms, told, settle } = await start({ history: { mode: 'memory' }, rooms: { max_rooms: 3 } });
    for (const roomId of ['a', 'b', 'c']) rooms.create({ roomId });
    const hit = () => expect(() => rooms.create({ roomId: 'd' })).toThrow('at most 3 rooms');
    for (let times = 0; times < 4; times += 1) hit();
    clock.advance(11);
    hit();
    rooms.stop('a');
    await settle();
    const hits = told.filter(({ type }) => type === 'limit.hit');
    expect(hits).toMatchObject([
      { room_id: null, data: { limit: 'rooms', not_told: 0 } },
      { room_id: null, data: { limit: 'rooms', not_told: 3 } },
    ]);
  });
});

describe('a file that cannot be used', () => {
  it('is put aside where it is broken, and a new one begun', async () => {
    path = join(folder, 'history.sqlite');
    writeFileSync(path, 'This is no database, however long one looks at it.'.repeat(100));
    const { rooms, records } = await start();
    rooms.create({ roomId: 'a' });
    await records.settled();
    expect(records.health()).toEqual({ mode: 'sqlite', status: 'ok' });
    expect(readdirSync(folder).some((name) => name.startsWith('history.sqlite.broken-'))).toBe(true);
  });

  it('is left to the server that has it, and the other one keeps its history in memory', async () => {
    const first = await start();
    first.rooms.create({ roomId: 'a' });
    await first.records.settled();
    const second = await start();
    expect(second.rooms.list()).toEqual([]);
    expect(second.records.health()).toMatchObject({
      ...{ mode: 'memory', status: 'failing' },
      detail: expect.stringContaining('locked'),
    });
  });
});
