import type { RoomInfo, ServerStats } from '@bitbasel/protocol';
import { afterAll, afterEach, beforeAll, expect, it as inTurn, type TestContext } from 'vitest';
import { LiveRoom } from '../hostile/live-room.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { residentBytes } from './memory.ts';
import { PeerProcess } from './peer-process.ts';

// Hosts and viewers in processes of their own are killed or stopped, beside a live room whose viewers check every packet.
// Most of it is waiting until they are missed, so it goes on in several rooms at a time.

const it = inTurn.concurrent;
const viewersOfTheOther = 4;
const mebibyte = 1024 * 1024;
let server: MediaServerProcess;
let live: LiveRoom;

beforeAll(async () => {
  server = await MediaServerProcess.start({ 'rooms.max_viewers_per_room': String(viewersOfTheOther) });
  live = await LiveRoom.open(server.url, 'live', 2);
});

afterEach(async () => {
  await live.goOn();
  expect(live.faults).toEqual([]);
  expect(server.errors).toEqual([]);
});

afterAll(async () => {
  await live?.close();
  await server?.stop();
});

/** Starts peers that are killed at the end of the test. */
function starter({ onTestFinished }: TestContext) {
  return async (...args: Parameters<typeof PeerProcess.start>): Promise<PeerProcess> => {
    const peer = await PeerProcess.start(...args);
    onTestFinished(() => peer.kill());
    return peer;
  };
}

async function getsMore(viewers: PeerProcess): Promise<void> {
  const before = viewers.packets;
  await eventually(
    () => viewers.packets,
    (now) => now.length > 0 && now.every((packets, index) => packets > (before[index] ?? 0) + 30),
    'more packets at every viewer',
  );
}

const viewersIn = async (room: string) => (await server.json<RoomInfo>(`/rooms/${room}`)).viewer_count;

it('viewers that are killed lose their places, and those beside them lose nothing', async (context) => {
  const start = starter(context);
  await start('host', server.url, 'killed');
  const [killed, others] = [
    await start('viewer', server.url, 'killed', { count: 2 }),
    await start('viewer', server.url, 'killed', { count: 2 }),
  ];
  await getsMore(others);
  await killed.kill();
  await expect(PeerProcess.start('viewer', server.url, 'killed')).rejects.toThrow(/room_full|answered/);
  await getsMore(others);
  await eventually(
    () => viewersIn('killed'),
    (viewers) => viewers === 2,
    'their places to be freed',
  );
  await getsMore(others);
  await start('viewer', server.url, 'killed', { count: 2 });
  // They know that they are connected a moment before the server's main thread does.
  await eventually(
    () => viewersIn('killed'),
    (viewers) => viewers === 4,
    'others to have taken the places',
  );
});

it('a host that is stopped for 5 s goes on in the same session, and its viewers with it', async (context) => {
  const start = starter(context);
  const host = await start('host', server.url, 'paused');
  const viewers = await start('viewer', server.url, 'paused', { count: 2 });
  await getsMore(viewers);
  host.signal('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 5000));
  host.signal('SIGCONT');
  await getsMore(viewers);
  expect(await server.json<RoomInfo>('/rooms/paused')).toMatchObject({ has_host: true, viewer_count: 2 });
});

it('a host that is killed leaves its viewers where they are, for the one that comes after it', async (context) => {
  const start = starter(context);
  const host = await start('host', server.url, 'orphaned');
  const viewers = await start('viewer', server.url, 'orphaned', { count: 2 });
  await getsMore(viewers);
  await host.kill();
  await eventually(
    () => server.json<RoomInfo>('/rooms/orphaned'),
    ({ has_host }) => !has_host,
    'the server to miss its host',
  );
  await start('host', server.url, 'orphaned');
  await getsMore(viewers);
  expect(await viewersIn('orphaned')).toBe(2);
});

it('a server that is stopped for 5 s goes on with all its sessions', async (context) => {
  const start = starter(context);
  const own = await MediaServerProcess.start();
  try {
    await start('host', own.url, 'frozen', { flags: ['--audio'] });
    const viewers = await start('viewer', own.url, 'frozen', { count: 3 });
    await getsMore(viewers);
    own.signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 5000));
    own.signal('SIGCONT');
    await getsMore(viewers);
    await getsMore(viewers);
    expect(await own.json<ServerStats>('/stats')).toMatchObject({ total_hosts: 1, total_viewers: 3 });
    expect(own.errors).toEqual([]);
  } finally {
    await own.stop();
  }
});

// Alone, after the others: what the server keeps meanwhile is for these viewers, and none of it is its own growing warm.
inTurn(
  'viewers that are stopped read nothing and say nothing: the server keeps nothing for them, and frees their places',
  async (context) => {
    const start = starter(context);
    await start('host', server.url, 'stopped', { flags: ['--bitrate-kbps=4000'] });
    const [deaf, others] = [
      await start('viewer', server.url, 'stopped', { count: 2 }),
      await start('viewer', server.url, 'stopped', { count: 2 }),
    ];
    await getsMore(others);
    await getsMore(deaf);
    const beforeBytes = residentBytes(server.pid);
    deaf.signal('SIGSTOP');
    let mostBytes = 0;
    await eventually(
      () => {
        mostBytes = Math.max(mostBytes, residentBytes(server.pid));
        return viewersIn('stopped');
      },
      (viewers) => viewers === 2,
      'their places to be freed',
    );
    // 15 s of 4 Mbps for each of the two would be 15 MB.
    expect(mostBytes - beforeBytes).toBeLessThan(10 * mebibyte);
    await getsMore(others);
  },
);
