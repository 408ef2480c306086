import { type MediaEvent, mediaEventSchema } from '@bitbasel/protocol';
import { afterEach, expect, it } from 'vitest';
import { testApp } from '../test-support/app.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The app on a port, and streams of its events. */
async function start(settings: object = {}) {
  const server = await testApp(settings);
  const base = await server.app.listen({ host: '127.0.0.1', port: 0 });
  cleanups.push(async () => {
    server.app.server.closeAllConnections();
    await server.app.close();
  });
  const open = async (query = '', headers: Record<string, string> = {}) => {
    const abort = new AbortController();
    const response = await fetch(`${base}/events${query}`, { headers, signal: abort.signal });
    const events: MediaEvent[] = [];
    const read = async () => {
      let text = '';
      for await (const part of response.body ?? []) {
        text += Buffer.from(part).toString();
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) events.push(...eventOf(block));
      }
    };
    read().catch(() => {});
    return { response, events, abort };
  };
  return { ...server, open };
}

function eventOf(block: string): MediaEvent[] {
  const fields = new Map(block.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]));
  const data = fields.get('data');
  if (data === undefined) return [];
  const event = mediaEventSchema.parse(JSON.parse(data));
  expect([fields.get('id'), fields.get('event')]).toEqual([event.id, event.type]);
  return [event];
}

it('streams events as they happen, of all rooms or of one', async () => {
  const { rooms, open } = await start();
  const [all, one] = [await open(), await open('?room=b')];
  expect(all.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  for (const roomId of ['a', 'b']) rooms.create({ roomId });
  rooms.stop('b');
  await expect
    .poll(() => all.events.map(({ type, room_id }) => [type, room_id]))
    .toEqual([
      ['room.started', 'a'],
      ['room.started', 'b'],
      ['room.ended', 'b'],
    ]);
  await expect.poll(() => one.events.map(({ type }) => type)).toEqual(['room.started', 'room.ended']);
});

it('goes on after the last event that a reader has seen, and misses none', async () => {
  const { rooms, open } = await start();
  const first = await open();
  rooms.create({ roomId: 'a' });
  await expect.poll(() => first.events.length).toBe(1);
  first.abort.abort();
  for (let number = 0; number < 90; number += 1) rooms.create({ roomId: `r${number}` });
  const second = await open('', { 'last-event-id': first.events[0]?.id ?? '' });
  for (let number = 0; number < 90; number += 1) rooms.stop(`r${number}`);
  await expect.poll(() => second.events.length).toBe(180);
  expect(new Set(second.events.map(({ id }) => id)).size).toBe(180);
  expect(second.events[0]).toMatchObject({ type: 'room.started', room_id: 'r0' });
});

it('refuses what is no event and no room', async () => {
  const { call, open } = await start();
  expect((await open('', { 'last-event-id': '12' })).response.status).toBe(422);
  expect((await call('GET', '/events?room=a/b')).statusCode).toBe(422);
});

it('shows the history in pages, and says when there is none', async () => {
  const { call } = await start();
  for (const room_id of ['a', 'b', 'c']) await call('POST', '/rooms', { room_id });
  await call('DELETE', '/rooms/b');
  const first = (await call('GET', '/history/rooms?limit=2')).json();
  expect(first.rooms.map((room: { room_id: string }) => room.room_id)).toEqual(['c', 'b']);
  const rest = (await call('GET', `/history/rooms?limit=2&cursor=${first.next}`)).json();
  expect(rest).toMatchObject({ rooms: [{ room_id: 'a', ended_at: null }], next: null });
  expect((await call('GET', '/history/rooms/b')).json()).toMatchObject({ end_reason: 'stopped', sessions: [] });
  for (const [url, status] of [
    ['/history/rooms/zzz', 404],
    ['/history/rooms?limit=0', 422],
    ['/history/rooms?cursor=x', 422],
    ['/history/rooms/a?run_id=run_x', 422],
  ] as const)
    expect([url, (await call('GET', url)).statusCode]).toEqual([url, status]);
});

it('has no answer to HEAD, which would wait for one without end', async () => {
  const { call } = await start();
  const response = await call('HEAD', '/events');
  expect([response.statusCode, response.headers.allow]).toEqual([405, 'GET']);
});

it('may be read by the pages of the named sites, and by no others', async () => {
  const site = 'https://www.example.org';
  const { open } = await start({ cors: { origins: [site] } });
  const { headers } = (await open('', { origin: site })).response;
  expect([headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([site, 'Origin']);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  const other = (await open('', { origin: 'https://other.example.org' })).response;
  expect(other.headers.get('access-control-allow-origin')).toBeNull();
});
