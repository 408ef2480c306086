import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Access } from '../auth/access.ts';
import { testRooms } from '../test-support/rooms.ts';
import { SignalingServer } from './signaling-server.ts';
import { SignalingSocket } from './signaling-socket.ts';

let http: Server;
let url: string;

beforeEach(async () => {
  http = createServer();
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/signal/a`;
});

afterEach(() => {
  http.closeAllConnections();
  http.close();
});

function closeOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once('close', resolve).on('error', () => {}));
}

it('cuts off a socket that does not answer pings, and no other', async () => {
  const signaling = new SignalingServer({ ...testRooms(), heartbeatMs: 20 });
  http.on('upgrade', (request, connection, head) => signaling.handleUpgrade(request, connection, head));
  const alive = new WebSocket(url);
  await new Promise((resolve) => alive.once('open', resolve));
  const dead = new WebSocket(url, { autoPong: false });
  expect(await closeOf(dead)).toBe(1006);
  await new Promise((resolve) => alive.once('ping', resolve));
  expect(alive.readyState).toBe(WebSocket.OPEN);
  const closed = closeOf(alive);
  await signaling.close();
  expect(await closed).toBe(1001);
});

it('cuts off a socket that does not read', async () => {
  const webSockets = new WebSocketServer({ server: http });
  webSockets.on('connection', (webSocket) => {
    Object.defineProperty(webSocket, 'bufferedAmount', { value: 2 ** 21 });
    const arrival = { roomId: 'a', address: '127.0.0.1', admission: Access.open };
    new SignalingSocket(webSocket, arrival, testRooms(), () => {});
  });
  const client = new WebSocket(url);
  client.once('open', () => client.send('{"type":"ping"}'));
  expect(await closeOf(client)).toBe(1006);
});

it('adds no more of the chat to what a socket has unread, and goes on once it has read', async () => {
  const webSockets = new WebSocketServer({ server: http });
  const opened = new Promise<[WebSocket, SignalingSocket]>((resolve) =>
    webSockets.on('connection', (webSocket) => {
      const arrival = { roomId: 'a', address: '127.0.0.1', admission: Access.open };
      const socket = new SignalingSocket(webSocket, arrival, testRooms(), () => {});
      resolve([webSocket, socket]);
    }),
  );
  const client = new WebSocket(url);
  const [webSocket, socket] = await opened;
  client.once('open', () => client.pause());
  const frame = Buffer.alloc(16_000, 'x');
  while (socket.deliver(frame)) await new Promise((resolve) => setImmediate(resolve));
  const unread = webSocket.bufferedAmount;
  expect(unread).toBeGreaterThan(64 * 1024);
  expect(unread).toBeLessThan(64 * 1024 + 2 * frame.length);
  for (let more = 0; more < 1000; more += 1) expect(socket.deliver(frame)).toBe(false);
  expect(webSocket.bufferedAmount).toBe(unread);
  client.resume();
  while (!socket.deliver(frame)) await new Promise((resolve) => setImmediate(resolve));
  expect(webSocket.readyState).toBe(WebSocket.OPEN);
  client.terminate();
});
