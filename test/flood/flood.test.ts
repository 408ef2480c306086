import { afterAll, beforeAll, expect, it } from 'vitest';
import { LiveRoom } from '../hostile/live-room.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { Program } from '../support/program.ts';

// A live room beside a flood from another process of this machine. `make flood` is the long form.

const seconds = Number(process.env.FLOOD_SECONDS ?? 2);
const flooder = new URL('./flooder.ts', import.meta.url).pathname;
let server: MediaServerProcess;
let room: LiveRoom;

beforeAll(async () => {
  server = await MediaServerProcess.start({ 'rate_limits.rooms_per_minute': '600' });
  room = await LiveRoom.open(server.url, 'live', 2);
});
afterAll(() => server?.stop());

interface Outcome {
  readonly achieved: number;
  readonly sent: number;
  readonly answered?: number;
  readonly statuses?: Readonly<Record<string, number>>;
}

/** Floods until the time is over, and has every viewer get more and more frames meanwhile. */
async function flood(kind: 'http' | 'udp', port: number, perSecond: number): Promise<Outcome> {
  const program = new Program(process.execPath, {
    arguments: [flooder, kind, String(port), String(perSecond), String(seconds)],
  });
  let isOver = false;
  const outcome = program.printed(/^{.*}$/m).then(([json]) => {
    isOver = true;
    return JSON.parse(json) as Outcome;
  });
  let rounds = 0;
  // Half a second of frames at each of the viewers a round.
  for (; !isOver; rounds += 1) await room.goOn();
  expect(rounds).toBeGreaterThan(0);
  return await outcome;
}

it('5,000 HTTP requests a second are answered, most of them with 429, and viewers lose nothing', async () => {
  const { sent, answered, statuses, achieved } = await flood('http', server.port, 5000);
  console.log(`${achieved} requests a second, answered ${JSON.stringify(statuses)}`);
  expect(answered).toBe(sent);
  expect(statuses).toEqual({ 201: 600, 429: sent - 600 });
  expect(room.faults).toEqual([]);
});

it('20,000 datagrams of garbage a second at the media port do not stop the frames', async () => {
  const { achieved } = await flood('udp', server.mediaPort, 20_000);
  console.log(`${achieved} datagrams a second`);
  await room.goOn();
  expect(room.faults).toEqual([]);
});
