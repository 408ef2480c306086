import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RoomInfo } from '@bitbasel/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { auditDatabase } from './database-audit.ts';
import { RoomActivity } from './room-activity.ts';
import { cpuMsOf, slowdownNow } from './start-cost.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

// The server is killed while fifty backends make and stop rooms, and is started again on the file it leaves behind.

/**
 * `make restart` asks for ten kills and holds the restarts to two seconds, of CPU time on any machine, and of real time on
 * an idle one; the short form looks at the outcome only.
 */
const measuredKills = process.env.RESTART_KILLS;
const kills = Number(measuredKills ?? 2);
const readyWithinMs = 2000;

const folder = mkdtempSync(join(tmpdir(), 'bitbasel-restart-'));
const path = join(folder, 'data', 'history.sqlite');
const receiver = new WebhookReceiver();
let server: MediaServerProcess;
let settings: Record<string, string>;
/** As people start it: what other tests have compiled would make its restarts cheaper than theirs. */
const start = () => MediaServerProcess.start(settings, undefined, [], { NODE_DISABLE_COMPILE_CACHE: '1' });

beforeAll(async () => {
  const endpoint = { url: await receiver.start(), secret: receiver.secret };
  settings = {
    ...{ 'history.mode': 'sqlite', 'history.path': path, 'rooms.max_rooms': '100000', 'log.level': 'error' },
    'webhooks.endpoints': JSON.stringify([endpoint]),
  };
  server = await start();
});

afterAll(async () => {
  await server?.stop();
  await receiver.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What the answers before the kill had promised, against the rooms that are there after it. */
function brokenPromises({ known }: RoomActivity, found: readonly RoomInfo[]): string[] {
  const there = new Map(found.map((room) => [room.post_id, room]));
  const broken = [...known.values()].flatMap(({ postId, roomId, promised }) => {
    const room = there.get(postId);
    if (promised === 'there' && (room?.room_id !== roomId || room?.owner !== `host of ${postId}`))
      return [`${postId} is lost or another`];
    return promised === 'stopped' && room ? [`${postId} was stopped and is there again`] : [];
  });
  const unknown = found.filter(({ post_id }) => !known.has(post_id ?? ''));
  return [...broken, ...unknown.map(({ room_id }) => `${room_id} is nobody's`)];
}

it(
  'has every room again that it had promised, and no other; tells of everything at least once, in order in each room',
  async () => {
    const restarts: { readonly ms: number; readonly cpuMs: number; readonly slowdown: number }[] = [];
    const known = new RoomActivity(server.url, '');
    let restored = 0;
    for (let kill = 1; kill <= kills; kill += 1) {
      const activity = new RoomActivity(server.url, `kill${kill}`);
      activity.start();
      const answersAtKill = 40 + ((kill * 53) % 160);
      await eventually(
        () => activity.answers,
        (answers) => answers >= answersAtKill,
        'activity',
      );
      await server.kill();
      await activity.end();
      for (const room of activity.known.values()) known.known.set(room.postId, room);
      expect(auditDatabase(path)).toMatchObject({ integrity: 'ok', faults: {} });

      const slowdownBefore = slowdownNow();
      const startMs = performance.now();
      server = await start();
      await server.json('/health');
      const ms = Math.round(performance.now() - startMs);
      const cpuMs = cpuMsOf(server.pid);
      restarts.push({ ms, cpuMs, slowdown: Math.max(slowdownBefore, slowdownNow()) });
      const { rooms } = await server.json<{ rooms: RoomInfo[] }>('/rooms');
      expect(brokenPromises(known, rooms)).toEqual([]);
      expect(new Set(rooms.map(({ room_id }) => room_id)).size).toBe(rooms.length);
      restored = rooms.length;
    }
    await eventually(
      () => auditDatabase(path).undelivered,
      (undelivered) => undelivered === 0,
      'webhooks',
      120_000,
    );
    const { eventIds, faults } = auditDatabase(path);
    const distinct = receiver.distinct.map(({ id }) => id);
    console.log(
      `ready after ms (CPU ms, slowdown) ${restarts.map(({ ms, cpuMs, slowdown }) => `${ms} (${cpuMs}, ${slowdown.toFixed(1)})`).join(' ')}; ${restored} rooms there, ${eventIds.length} events, ` +
        `${receiver.taken.length} webhooks taken (${receiver.taken.length - distinct.length} again), ${receiver.refused} refused`,
    );
    expect(faults).toEqual({});
    expect(restored).toBeGreaterThan(0);
    expect(receiver.badSignatures).toEqual([]);
    expect(receiver.refused).toBeGreaterThan(0);
    expect(receiver.taken.some(({ type }) => type === 'viewer.joined')).toBe(true);
    expect(distinct.toSorted()).toEqual(eventIds);
    const byRoom = Map.groupBy(receiver.distinct, (event) => event.room_id);
    for (const events of byRoom.values()) expect(events.map(({ id }) => id)).toEqual(events.map(({ id }) => id).sort());
    if (measuredKills === undefined) return;
    for (const { ms, cpuMs, slowdown } of restarts) {
      expect(cpuMs).toBeLessThan(readyWithinMs);
      expect(ms).toBeLessThan(readyWithinMs * slowdown);
    }
  },
  kills * 30_000 + 150_000,
);
