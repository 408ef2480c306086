import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveRoom } from '../hostile/live-room.ts';
import { eventually } from '../support/eventually.ts';
import { heldObjects } from '../support/gauges.ts';
import { Inspector } from '../support/inspector.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { fuzz, fuzzSeconds, fuzzSeed } from './budget.ts';
import { datagrams, type FuzzedDatagram } from './datagram-inputs.ts';
import { tryCall } from './http-fuzz.ts';
import { type FuzzedCall, type HttpInputs, httpInputs } from './http-inputs.ts';
import { tryConversation } from './signaling-fuzz.ts';
import { conversations } from './signaling-inputs.ts';
import { Stage } from './stage.ts';
import { stun } from './stun-inputs.ts';

// Inputs made at random of what the server's own table and schemas say, beside a live room whose viewers check every
// packet. FUZZ_SECONDS says for how long, FUZZ_SEED repeats a run. In rounds, so that what is kept from each is seen.

const rounds = 3;
const kinds = ['HTTP calls', 'descriptions by HTTP', 'conversations by WebSocket', 'datagrams'] as const;
/** The stage is set anew after so many inputs: most of what ends a session ends it at the first try. */
const inputsASetting = 60;
/** What caches, compiled code and the like may grow by from the second round on. */
const heapAllowanceBytes = 8 * 1024 * 1024;
/** None limits how many: each input is to get where it is looked at. */
const limits = ['rooms', 'publishes', 'joins', 'session_changes', 'connects', 'messages', 'requests'];
const noLimits = Object.fromEntries(limits.map((name) => [`rate_limits.${name}_per_minute`, 'false']));

/** No input can name it by chance. */
const liveRoom = `live-${randomUUID()}`;

let server: MediaServerProcess;
let inspector: Inspector;
let live: LiveRoom;
let stage: Stage;
let heldBefore: string[];
let http: HttpInputs;
let inputs = 0;
const heaps: number[] = [];
const seen = new Set<string>();

beforeAll(async () => {
  console.log(`FUZZ_SEED=${fuzzSeed}`);
  const settings = {
    ...noLimits,
    'rooms.max_rooms': '1000000',
    'server.max_connections': '1000000',
    'log.level': 'warn',
  };
  server = await MediaServerProcess.start(settings, undefined, ['--inspect=127.0.0.1:0']);
  inspector = await Inspector.open(server.output);
  live = await LiveRoom.open(server.url, liveRoom, 2);
  heldBefore = await held();
  stage = new Stage(server, liveRoom);
  http = await httpInputs();
});

afterAll(async () => {
  inspector?.close();
  await server?.stop();
});

async function held(): Promise<string[]> {
  return heldObjects(await (await fetch(`${server.url}/metrics`)).text());
}

/** Of an input that a crash made of all that follow: what makes it smaller is no use then. */
let crash: unknown;

/** How often each outcome came, of one kind in one round. */
const outcomes = new Map<string, number>();

/** Tries it on a stage that is set, and counts what came of it. */
function onStage<T>(attempt: (input: T) => Promise<readonly string[]>): (input: T) => Promise<void> {
  return async (input) => {
    if (crash !== undefined) return;
    try {
      if (inputs % inputsASetting === 0) await stage.set();
      inputs += 1;
      for (const outcome of await attempt(input)) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    } catch (error) {
      const isUp = await server.json('/health').catch(() => undefined);
      if (isUp === undefined) crash = error;
      throw error;
    }
  };
}

async function sendAll(batch: readonly FuzzedDatagram[]): Promise<readonly string[]> {
  const socket = createSocket('udp4');
  const there = { liveUsername: live.hostUsername, ...stage.viewerIce };
  for (const { make } of batch)
    await new Promise((resolve) => socket.send(make(there), server.mediaPort, '127.0.0.1', resolve));
  socket.close();
  await server.json('/health');
  return ['borne'];
}

const tryHttp = onStage((input: FuzzedCall) => tryCall(server.port, stage, input));
const attempts = {
  'HTTP calls': (seed: number, ms: number) => fuzz(http.calls, seed, ms, tryHttp),
  'descriptions by HTTP': (seed: number, ms: number) => fuzz(http.descriptions, seed, ms, tryHttp),
  'conversations by WebSocket': (seed: number, ms: number) =>
    fuzz(
      conversations,
      seed,
      ms,
      onStage((input) => tryConversation(server.port, input)),
    ),
  datagrams: (seed: number, ms: number) => fuzz(datagrams(stun), seed, ms, onStage(sendAll)),
};

/** Without these an input is refused too early to have tried anything. */
const wantedOutcomes: Readonly<Record<(typeof kinds)[number], readonly string[]>> = {
  'HTTP calls': ['200', '400', '404', '422'],
  'descriptions by HTTP': ['201', '400', '422'],
  'conversations by WebSocket': ['welcome', 'answer', 'bad_message', 'malformed_sdp'],
  datagrams: ['borne'],
};

describe.each(Array.from({ length: rounds }, (_, round) => round))('round %i', (round) => {
  it.each(kinds)(
    'bears %s, answers what is wrong with a known problem, and the live room loses nothing',
    async (kind) => {
      outcomes.clear();
      const milliseconds = (fuzzSeconds * 1000) / rounds / kinds.length;
      const tried = await attempts[kind](fuzzSeed + round * 1_000_000, milliseconds);
      console.log(`round ${round}: ${tried} ${kind}: ${JSON.stringify(Object.fromEntries(outcomes))}`);
      for (const outcome of outcomes.keys()) seen.add(`${kind}: ${outcome}`);
      await live.goOn();
      expect(live.faults).toEqual([]);
      expect(server.errors).toEqual([]);
    },
    fuzzSeconds * 1000 + 120_000,
  );

  it('has only the live room left when the others have been ended', async () => {
    await stage.clear();
    await eventually(held, (objects) => isDeepStrictEqual(objects, heldBefore), 'nothing but the live room');
    heaps.push(await inspector.heapInUse());
  });
});

it('holds nothing when the live room has been ended too', async () => {
  await live.close();
  expect(live.faults).toEqual([]);
  await fetch(`${server.url}/rooms/${liveRoom}`, { method: 'DELETE' });
  await eventually(held, (objects) => objects.length === 0, 'nothing that is held');
});

it('has tried what is taken and what is refused', () => {
  const wanted = kinds.flatMap((kind) => wantedOutcomes[kind].map((outcome) => `${kind}: ${outcome}`));
  expect(wanted.filter((outcome) => !seen.has(outcome))).toEqual([]);
});

it('does not keep memory of what it was sent', () => {
  console.log(`heap in use after each round, in kB: ${heaps.map((bytes) => Math.round(bytes / 1024)).join(' ')}`);
  const [, second = 0] = heaps;
  expect(heaps.at(-1)).toBeLessThan(second + heapAllowanceBytes);
});

it('has logged no error, and ends as it should', async () => {
  expect(server.errors).toEqual([]);
  // Node waits for it.
  inspector.close();
  expect(await server.stop()).toBe(0);
});
