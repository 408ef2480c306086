import type { IceServer, ServerStats } from '@bitbasel/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LiveRoom } from '../hostile/live-room.ts';
import { secret, token } from '../security/tokens.ts';
import { turnSecret } from '../support/coturn.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { WallClock } from '../support/wall-clock.ts';
import { ReportViewer } from './sender-reports.ts';

// The machine's clock is set, forward and back, while a room is live: as by NTP after a start with a wrong clock.

const hour = 3600;
const turnTtl = 600;
const clock = new WallClock();
let open: MediaServerProcess;
let guarded: MediaServerProcess;
let live: LiveRoom;
let reports: ReportViewer;
let good: string;

beforeAll(async () => {
  const common = { 'rooms.sweep_interval_seconds': '1', 'rooms.idle_timeout_seconds': '600' };
  const start = (settings: Record<string, string>) =>
    MediaServerProcess.start({ ...common, ...settings }, undefined, [], clock.environment);
  open = await start({
    ...{ 'rate_limits.rooms_per_minute': '3' },
    ...{ 'turn.urls': '["turn:127.0.0.1:3478"]', 'turn.secret': turnSecret, 'turn.ttl_seconds': String(turnTtl) },
  });
  guarded = await start({ 'auth.secret': secret });
  live = await LiveRoom.open(open.url, 'live', 2);
  reports = await ReportViewer.watch(`${open.url}/whep/live`);
  good = token({ room: 'stage', grants: ['manage'], sub: 'ann', expiresIn: 600 });
  await createTooMany();
});

afterAll(async () => {
  reports?.close();
  await live?.close();
  await Promise.all([open?.stop(), guarded?.stop()]);
  clock.remove();
});

let rooms = 0;

/** Rooms until the limit is reached. @returns the refusal */
async function createTooMany(): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  for (;;) {
    const body = JSON.stringify({ room_id: `empty-${rooms}` });
    const response = await fetch(`${open.url}/rooms`, { method: 'POST', headers, body });
    if (response.status === 429) return response;
    expect(response.status).toBe(201);
    rooms += 1;
  }
}

/** How far the server's wall clock is from ours, in seconds. */
async function offsetOf({ url }: MediaServerProcess): Promise<number> {
  const response = await fetch(`${url}/health/live`);
  return (Date.parse(response.headers.get('date') ?? '') - Date.now()) / 1000;
}

/** The answer to a token that is good by our own clock. */
async function codeOf(bearer: string): Promise<string> {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
  const response = await fetch(`${guarded.url}/rooms`, { method: 'POST', headers, body: '{"room_id":"stage"}' });
  const { code = 'taken' }: { code?: string } = JSON.parse(await response.text());
  return code;
}

describe.each([
  ['an hour forward', hour, 'token_expired'],
  ['two hours back', -hour, 'taken'],
  ['to the right time', 0, 'taken'],
])('when the clock jumps %s', (_what, offset, expected) => {
  beforeEach(async () => {
    clock.setOffset(offset);
    for (const server of [open, guarded])
      await eventually(
        () => offsetOf(server),
        (found) => Math.abs(found - offset) < 30,
        'the clock to have jumped',
      );
  });

  it('media goes on without a loss, in step by its sender reports, and nobody is thrown out', async () => {
    const before = reports.reports.length;
    await live.goOn();
    await eventually(
      () => reports.reports.length,
      (count) => count >= before + 3,
      'sender reports',
    );
    expect(live.faults).toEqual([]);
    for (const { wall, media } of reports.reports) expect(Math.abs(wall - media), `${wall} ${media}`).toBeLessThan(0.5);
    expect(await open.json<ServerStats>('/stats')).toMatchObject({
      total_rooms: rooms + 1,
      total_hosts: 1,
      total_viewers: 3,
    });
  });

  it('tokens and TURN credentials go by the clock as it is now', async () => {
    expect(await codeOf(good)).toBe(expected);
    const { ice_servers } = await open.json<{ ice_servers: IceServer[] }>('/ice-servers');
    const until = Number(ice_servers.find(({ username }) => username !== undefined)?.username?.split(':')[0]);
    expect(Math.abs(until - (Date.now() / 1000 + offset + turnTtl))).toBeLessThan(30);
  });

  it('who was too fast waits no longer than a minute', async () => {
    const { headers } = await createTooMany();
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
  });
});
