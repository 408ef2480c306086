import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { configSchema } from '../config/schema.ts';
import { type MediaServer, startServer } from '../server.ts';
import { SignalingClient } from '../test-support/signaling-client.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(chat: object = {}): Promise<MediaServer> {
  const config = configSchema.parse({
    server: { host: '127.0.0.1', port: 0, http_alias_port: false, signaling_alias_port: false },
    ...{ media: { port: 0 }, history: { mode: 'memory' } },
    chat: { room_messages_per_second: 1000, ...chat },
    rate_limits: { chats_per_minute: false, chats_per_address_per_minute: false },
  });
  const server = await startServer(config, { logger: pino({ level: 'silent' }) });
  cleanups.push(() => server.close());
  server.rooms.create({ roomId: 'a' });
  return server;
}

async function join(server: MediaServer): Promise<SignalingClient> {
  const client = await SignalingClient.open(server.ports.http, 'a');
  cleanups.push(() => client.socket.terminate());
  client.send({ type: 'join', chat: true });
  await client.until('chat-joined');
  return client;
}

it('500 clients get every message in order, and one that never reads holds nobody up', async () => {
  const server = await start();
  const readers: SignalingClient[] = [];
  for (let group = 0; group < 10; group += 1)
    readers.push(...(await Promise.all(Array.from({ length: 50 }, () => join(server)))));
  const deaf = await join(server);
  deaf.socket.pause();
  expect(server.rooms.get('a').chat.members).toHaveLength(501);
  const [speaker] = readers;
  const texts = Array.from({ length: 20 }, (_, number) => `message ${number} ${'x'.repeat(400)}`);
  for (const text of texts) speaker?.send({ type: 'chat', text });
  const heard = await Promise.all(
    readers.map(async (reader) => {
      const got: string[] = [];
      while (got.length < texts.length) got.push((await reader.until('chat')).text);
      return got;
    }),
  );
  for (const got of heard) expect(got).toEqual(texts);
}, 60_000);

it('who reads too slowly misses messages, and is told the last ones once it reads again', async () => {
  const server = await start({ max_characters: 4000, history_messages: 2 });
  const [speaker, slow] = [await join(server), await join(server)];
  slow.socket.pause();
  // 24 MB: more than the buffers of a socket hold, with what the server adds to them.
  const total = 1500;
  const text = '🎨'.repeat(4000);
  let last = '';
  for (let sent = 0; sent < total; sent += 1) {
    speaker.send({ type: 'chat', text });
    last = (await speaker.until('chat')).id;
  }
  slow.socket.resume();
  speaker.send({ type: 'chat', text: 'Are you there?' });
  // It reads what lies in the buffers first; the message after that makes up for what was not put there.
  let chats = 0;
  for (let isBehind = true; isBehind; ) {
    const message = await slow.next();
    if (message.type === 'chat') chats += 1;
    if (message.type !== 'chat-history') {
      if (slow.isIdle) speaker.send({ type: 'chat', text: 'And now?' });
      continue;
    }
    if (message.messages.length === 0) continue;
    expect(chats).toBeLessThan(total);
    expect(message.messages.at(-1)?.id.localeCompare(last)).toBe(1);
    isBehind = false;
  }
  speaker.send({ type: 'chat', text: 'Welcome back.' });
  await slow.until('chat', ({ text: said }) => said === 'Welcome back.');
}, 60_000);
