import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LiveRoom } from '../hostile/live-room.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { residentBytes } from './memory.ts';

// WebSockets whose other side does not read, and those whose other side is gone without a word (no FIN, no RST).

const ofEachKind = 20;
const messages = 400;
const mebibyte = 1024 * 1024;
const noLimits = ['messages', 'chats', 'chats_per_address'];
let server: MediaServerProcess;
let live: LiveRoom;

beforeAll(async () => {
  server = await MediaServerProcess.start({
    ...Object.fromEntries(noLimits.map((name) => [`rate_limits.${name}_per_minute`, 'false'])),
    ...{ 'chat.room_messages_per_second': '1000', 'chat.max_characters': '4000' },
  });
  live = await LiveRoom.open(server.url, 'live', 2);
});

afterAll(async () => {
  await live?.close();
  await server?.stop();
});

async function openSockets(): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^bitbasel_websockets (\d+)$/m.exec(metrics)?.[1]);
}

/** In the chat of the room; reads what comes. */
async function chatter(port: number): Promise<{ readonly socket: WebSocket; texts: number }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/signal/live`);
  const chatter = { socket, texts: 0 };
  socket.on('error', () => {});
  socket.on('message', (data) => {
    const text = String(data);
    chatter.texts += text.match(/"type":"chat"/g)?.length ?? 0;
  });
  await once(socket, 'open');
  socket.send('{"type":"join","role":"viewer"}');
  await once(socket, 'message');
  return chatter;
}

/** A network that can be cut: what comes in on either side is swallowed from then on, and neither side is told. */
async function startNetwork() {
  const sockets: Socket[] = [];
  let isCut = false;
  const network = createServer((client) => {
    const toServer = connect(server.port, '127.0.0.1');
    for (const [from, to] of [
      [client, toServer],
      [toServer, client],
    ] as const) {
      sockets.push(from);
      from.on('data', (bytes) => {
        if (!isCut) to.write(bytes);
      });
      from.on('error', () => {});
      from.on('close', () => {
        if (!isCut) to.destroy();
      });
    }
  });
  await once(network.listen(0, '127.0.0.1'), 'listening');
  const address = network.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut: () => {
      isCut = true;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      network.close();
    },
  };
}

it('ends them at the second ping, keeps little of what they do not read, and the others in the chat get all of it', async () => {
  const network = await startNetwork();
  const talker = await chatter(server.port);
  const deaf = await Promise.all(Array.from({ length: ofEachKind }, () => chatter(server.port)));
  const cutOff = await Promise.all(Array.from({ length: ofEachKind }, () => chatter(network.port)));
  expect(await openSockets()).toBe(1 + 2 * ofEachKind);
  for (const { socket } of deaf) socket.pause();
  network.cut();

  const beforeBytes = residentBytes(server.pid);
  const heardBefore = talker.texts;
  const text = 'x'.repeat(4000);
  let mostBytes = 0;
  for (let sent = 0; sent < messages; sent += 1) {
    talker.socket.send(JSON.stringify({ type: 'chat', text }));
    await eventually(
      () => talker.texts - heardBefore,
      (heard) => heard > sent - 20,
      'what was said',
    );
    mostBytes = Math.max(mostBytes, residentBytes(server.pid));
  }
  await eventually(
    () => talker.texts - heardBefore,
    (heard) => heard === messages,
    'all that was said',
  );
  // All of it for all of them would be 64 MB; a message is one frame for all sockets, so it is far less.
  console.log(`${Math.round((mostBytes - beforeBytes) / mebibyte)} MiB more`);
  expect(mostBytes - beforeBytes).toBeLessThan(30 * mebibyte);
  await live.goOn();

  await eventually(openSockets, (open) => open === 1, 'the server to end them');
  expect(talker.socket.readyState).toBe(WebSocket.OPEN);
  await live.goOn();
  expect(live.faults).toEqual([]);
  expect(server.errors).toEqual([]);
  for (const { socket } of [talker, ...deaf, ...cutOff]) socket.terminate();
  network.close();
}, 240_000);
