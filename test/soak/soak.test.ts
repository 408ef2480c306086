import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { heldObjects } from '../support/gauges.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { type Joined, joinAndLeave, makeAndStopRooms } from './churn.ts';
import { slope } from './growth.ts';
import { type Footprint, FootprintMeter } from './server-footprint.ts';

// Viewers come and go, rooms are made and stopped, round after round, and after each the server holds what it held before.
// `make soak` is the long form: SOAK_JOINS and SOAK_ROOMS in all, and for SOAK_MINUTES at least.

const long = process.env.SOAK_JOINS !== undefined;
const totalJoins = Number(process.env.SOAK_JOINS ?? 120);
const totalRooms = Number(process.env.SOAK_ROOMS ?? 60);
const minimumMs = Number(process.env.SOAK_MINUTES ?? 0) * 60_000;
const joinsARound = long ? 500 : totalJoins / 3;
const roomsARound = Math.ceil((totalRooms * joinsARound) / totalJoins);
/** In these memory grows: code is compiled, pools and caches fill. */
const warmUpRounds = long ? 4 : 1;

const kibibyte = 1024;
/** What a thousand joins may add to the resident set in the long run: less than 6 kB each, where a leaked peer connection has 12. */
const maxRssGrowth = 6000 * kibibyte;
/** Of JavaScript's heap, which no other process's load makes noise in. */
const maxHeapGrowth = 700 * kibibyte;
/** In the short form a few rounds tell no slope of the resident set, so that a gross leak alone shows: this much at all. */
const maxShortRssGrowth = 16_000 * kibibyte;

const noLimits = ['rooms', 'publishes', 'joins', 'session_changes', 'connects', 'messages', 'requests', 'chats'];
/** History in memory would grow with every session, as it is meant to. */
const folder = mkdtempSync(join(tmpdir(), 'bitbasel-soak-'));
const settings = {
  ...{ 'history.mode': 'sqlite', 'history.path': join(folder, 'history.sqlite') },
  ...Object.fromEntries(noLimits.map((name) => [`rate_limits.${name}_per_minute`, 'false'])),
  ...{ 'rooms.max_viewers_per_room': '1000', 'rooms.max_rooms': '1000', 'log.level': 'warn' },
};
let server: MediaServerProcess;
let meter: FootprintMeter;

beforeAll(async () => {
  server = await MediaServerProcess.start(settings, undefined, ['--inspect=127.0.0.1:0']);
  meter = await FootprintMeter.open(server);
});

afterAll(async () => {
  meter?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function held(): Promise<string[]> {
  return heldObjects(await (await fetch(`${server.url}/metrics`)).text());
}

/**
 * Kinds of handles of which there are more than before. Fewer are no leak: a server that has just started may still be at its
 * self-test. The sockets that this process keeps for its next calls do not count.
 */
function grown(before: Footprint, after: Footprint): string[] {
  return Object.entries(after.resources)
    .filter(([kind, number]) => kind !== 'TCPSocketWrap' && number > (before.resources[kind] ?? 0))
    .map(([kind, number]) => `${number} x ${kind}, ${before.resources[kind] ?? 0} before`);
}

function line(joins: number, { rssBytes, heapBytes, externalBytes, descriptors, threads }: Footprint): string {
  const mebibytes = (bytes: number) => (bytes / kibibyte / kibibyte).toFixed(1);
  return (
    `${String(joins).padStart(6)} joins: resident ${mebibytes(rssBytes)} MiB, heap ${mebibytes(heapBytes)}, ` +
    `buffers ${mebibytes(externalBytes)}, ${descriptors} descriptors, ${threads} threads`
  );
}

it(
  'holds nothing of those who have gone, and does not grow with them',
  async () => {
    const before = await meter.read();
    console.log(line(0, before));
    const rounds: { readonly joins: number; readonly footprint: Footprint }[] = [];
    const totals = { connected: 0, withMedia: 0, failed: 0 };
    const startMs = performance.now();
    let joins = 0;
    while (joins < totalJoins || performance.now() - startMs < minimumMs) {
      const name = `round-${rounds.length}`;
      const [joined] = await Promise.all([
        joinAndLeave(server, name, joinsARound),
        makeAndStopRooms(server, `${name}-room`, roomsARound),
      ]);
      joins += joined.joins;
      count(totals, joined);
      await eventually(held, (objects) => objects.length === 0, 'nothing to be held');
      const footprint = await meter.read();
      rounds.push({ joins, footprint });
      console.log(
        line(joins, footprint),
        ...Object.entries(joined.errors).map(([error, times]) => `${times} x ${error}`),
      );
    }
    // A busy machine may let one run into its time limit.
    expect(totals.failed).toBeLessThanOrEqual(Math.ceil(joins / 200));
    expect(totals.connected).toBe(joins - totals.failed);
    expect(totals.withMedia).toBeGreaterThan(joins / 2);

    const settled = rounds.slice(warmUpRounds - 1);
    const growth = (pick: (footprint: Footprint) => number) =>
      slope(settled.map(({ joins: x, footprint }) => [x / 1000, pick(footprint)] as const));
    const [rssGrowth, heapGrowth] = [growth(({ rssBytes }) => rssBytes), growth(({ heapBytes }) => heapBytes)];
    console.log(
      `Growth for each thousand joins: resident ${Math.round(rssGrowth / kibibyte)} KiB, heap ${Math.round(heapGrowth / kibibyte)} KiB`,
    );
    const last = rounds.at(-1)?.footprint ?? before;
    expect(last.descriptors).toBeLessThanOrEqual(before.descriptors + 10);
    expect(last.threads).toBe(before.threads);
    await eventually(
      async () => grown(before, await meter.read()),
      (kinds) => kinds.length === 0,
      'handles to be as many as before',
    );
    if (long) {
      expect(heapGrowth).toBeLessThan(maxHeapGrowth);
      expect(rssGrowth).toBeLessThan(maxRssGrowth);
    }
    expect(last.rssBytes - (settled[0]?.footprint.rssBytes ?? 0)).toBeLessThan(
      long ? Number.POSITIVE_INFINITY : maxShortRssGrowth,
    );
    expect(server.errors).toEqual([]);
    expect(await server.json('/stats')).toMatchObject({ total_rooms: 0, total_peers: 0 });
  },
  minimumMs + totalJoins * 500 + 300_000,
);

function count(totals: { connected: number; withMedia: number; failed: number }, joined: Joined): void {
  totals.connected += joined.connected;
  totals.withMedia += joined.withMedia;
  totals.failed += Object.values(joined.errors).reduce((sum, number) => sum + number, 0);
}
