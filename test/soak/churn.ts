import { resolve } from 'node:path';
import { WebSocket } from 'ws';
import { offers } from '../../packages/server/src/test-support/rooms.ts';
import type { MediaServerProcess } from '../support/media-server.ts';
import { Program } from '../support/program.ts';

const joiner = resolve(import.meta.dirname, 'joiner.ts');
const joinsAtOnce = 24;
const json = { 'content-type': 'application/json' };

export interface Joined {
  readonly joins: number;
  readonly connected: number;
  /** Viewers who got packets; some leave too soon. */
  readonly withMedia: number;
  readonly errors: Readonly<Record<string, number>>;
}

/** A room with a host, and so many viewers who join and leave again, a few without a word. */
export async function joinAndLeave(server: MediaServerProcess, room: string, joins: number): Promise<Joined> {
  const program = new Program(process.execPath, {
    arguments: [joiner, server.url, room, String(joins), String(joinsAtOnce)],
  });
  const [line] = await program.printed(/^{.*}$/m);
  await program.exitCode();
  await fetch(`${server.url}/rooms/${room}`, { method: 'DELETE' });
  return JSON.parse(line);
}

/** Rooms made and stopped, one after the other: some empty, some with an offer that is never taken up, some with a chat. */
export async function makeAndStopRooms(server: MediaServerProcess, prefix: string, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const room = `${prefix}-${number}`;
    await server.json('/rooms', { method: 'POST', headers: json, body: JSON.stringify({ room_id: room }) });
    if (number % 4 === 1) await offer(`${server.url}/whip/${room}`);
    if (number % 4 === 2) await chat(`ws://${server.host}:${server.port}/signal/${room}`);
    await server.json(`/room/${room}/stop`, { method: 'POST' });
  }
}

async function offer(url: string): Promise<void> {
  const headers = { 'content-type': 'application/sdp' };
  const response = await fetch(url, { method: 'POST', headers, body: offers.host });
  if (response.status !== 201) throw new Error(`${url} was answered ${response.status}`);
  await response.text();
}

/** Joins as a viewer, says something, and goes: half of them by closing, the others by dropping the connection. */
function chat(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.on('open', () => socket.send('{"type":"join","role":"viewer","user_id":"ann"}'));
    socket.on('message', (data) => {
      const { type }: { type: string } = JSON.parse(String(data));
      if (type !== 'welcome') return;
      socket.send('{"type":"chat","text":"hello"}');
      if (url.length % 2 === 0) socket.close();
      else socket.terminate();
    });
  });
}
