import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LiveRoom } from '../hostile/live-room.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';

// Clients that begin requests and never end them (slowloris), each kind with a hundred connections.

const socketsOfEachKind = 100;
const dripIntervalMs = 500;

/** What is sent at once, and then a byte at a time. */
interface SlowClient {
  readonly begins: string;
  readonly drips?: string;
}

const head = 'POST /rooms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n';
const slowClients: Readonly<Record<string, SlowClient>> = {
  'that say nothing': { begins: '' },
  'that stop within the headers': { begins: head },
  'whose headers never end': { begins: head, drips: 'X-More: more\r\n' },
  'that stop within the body': { begins: `${head}\r\n{"room_id":` },
  'whose body never ends': { begins: `${head}\r\n{"room_id":`, drips: ' ' },
  'that stop within the handshake of a WebSocket': { begins: 'GET /signal/live HTTP/1.1\r\nUpgrade: websocket\r\n' },
};

let server: MediaServerProcess;
let live: LiveRoom;
let before: number;

beforeAll(async () => {
  server = await MediaServerProcess.start();
  live = await LiveRoom.open(server.url, 'live', 2);
  before = descriptors();
});

afterAll(async () => {
  await live?.close();
  await server?.stop();
});

function descriptors(): number {
  return readdirSync(`/proc/${server.pid}/fd`).length;
}

function open({ begins, drips }: SlowClient): Socket {
  const socket = connect(server.port, '127.0.0.1', () => socket.write(begins));
  // Cut off while it drips.
  socket.on('error', () => {});
  socket.resume();
  if (drips === undefined) return socket;
  let at = 0;
  const timer = setInterval(() => socket.write(drips[at++ % drips.length] ?? ''), dripIntervalMs);
  socket.on('close', () => clearInterval(timer));
  return socket;
}

it('cuts off clients that never end their request, answers all others meanwhile, and keeps no socket', async () => {
  const kinds = Object.entries(slowClients);
  const sockets = kinds.map(([, client]) => Array.from({ length: socketsOfEachKind }, () => open(client)));
  const held = await eventually(
    descriptors,
    (count) => count >= before + kinds.length * socketsOfEachKind,
    'all of them to be open',
  );
  expect(held).toBeLessThan(before + kinds.length * socketsOfEachKind + 50);
  expect(await server.json('/health')).toMatchObject({ status: 'healthy' });
  await live.goOn();

  const stillOpen = () =>
    Object.fromEntries(
      kinds.map(([kind], index) => [kind, sockets[index]?.filter(({ closed }) => !closed).length] as const),
    );
  await eventually(stillOpen, (counts) => Object.values(counts).every((count) => count === 0), 'all to be cut off');
  await eventually(descriptors, (count) => count <= before + 10, 'the descriptors to be given back');
  await live.goOn();
  expect(live.faults).toEqual([]);
  expect(server.errors).toEqual([]);
}, 240_000);
