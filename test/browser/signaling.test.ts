import type { RoomInfo } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { RtcPage } from './rtc-page.ts';

// The WebSocket dialect in real Chromium, with offers from either side.

let browser: Browser;
let server: MediaServerProcess;

beforeAll(async () => {
  browser = await launchChromium();
  server = await MediaServerProcess.start();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const open = () => RtcPage.open(browser, server.url);
const signal = (room: string) => `ws://127.0.0.1:${server.port}/signal/${room}`;
const room = (id: string) => server.json<RoomInfo>(`/rooms/${id}`);

async function types(page: RtcPage, name: string): Promise<string[]> {
  return (await page.call('messages', { name })).map(({ type }) => type);
}

async function seesAndHears(page: RtcPage, name: string): Promise<void> {
  await eventually(
    () => page.stats(name),
    ({ videoIn, audioIn }) => (videoIn?.framesDecoded ?? 0) > 30 && (audioIn?.totalAudioEnergy ?? 0) > 0.001,
    `pictures and sound at ${name}`,
  );
}

it('works as the documents say: the broadcaster offers, viewers join and are answered, and leave', async () => {
  const page = await open();
  await page.call('signal', { name: 'host', url: signal('documents'), messages: [], publish: true, offer: true });
  await eventually(
    () => types(page, 'host'),
    (seen) => seen.includes('live'),
    'the broadcaster to be live',
  );
  expect((await types(page, 'host')).slice(0, 2)).toEqual(['welcome', 'answer']);

  const viewer = { name: 'viewer', url: signal('documents'), messages: [{ type: 'join' }], offer: true };
  await page.call('signal', viewer);
  await seesAndHears(page, 'viewer');
  const answers = (await types(page, 'viewer')).filter((type) => type !== 'layers');
  expect(answers.slice(0, 3)).toEqual(['welcome', 'live', 'answer']);
  expect(await room('documents')).toMatchObject({ is_active: true, has_host: true, viewer_count: 1 });

  await page.call('send', { name: 'viewer', message: { type: 'leave' } });
  await eventually(
    () => types(page, 'viewer'),
    (seen) => seen.includes('left'),
    'the leave to be answered',
  );
  expect((await room('documents')).viewer_count).toBe(0);
  await page.call('send', { name: 'host', message: { type: 'leave' } });
  await eventually(
    () => types(page, 'host'),
    (seen) => seen.includes('left'),
    'the leave to be answered',
  );
  expect(await room('documents')).toMatchObject({ is_active: false, has_host: false });
  await page.page.close();
});

it('takes offers from the server, to the host and to the viewer', async () => {
  const page = await open();
  const join = (role: string) => [{ type: 'join', role, offer: 'server' }];
  await page.call('signal', { name: 'host', url: signal('served'), messages: join('host'), publish: true });
  await eventually(
    () => types(page, 'host'),
    (seen) => seen.includes('live'),
    'the host to be live',
  );
  await page.call('signal', { name: 'viewer', url: signal('served'), messages: join('viewer') });
  await seesAndHears(page, 'viewer');
  expect(await types(page, 'viewer')).toContain('offer');
  expect(await types(page, 'viewer')).not.toContain('answer');
  await page.page.close();
});

it('keeps the offer of a viewer who is early, and answers it when the host is live', async () => {
  const page = await open();
  await server.json('/rooms', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ room_id: 'early' }),
  });
  await page.call('signal', { name: 'viewer', url: signal('early'), messages: [{ type: 'join' }], offer: true });
  await eventually(
    () => types(page, 'viewer'),
    (seen) => seen.includes('waiting'),
    'the viewer to be told to wait',
  );
  expect(await types(page, 'viewer')).not.toContain('answer');
  await page.call('signal', { name: 'host', url: signal('early'), messages: [], publish: true, offer: true });
  await seesAndHears(page, 'viewer');
  await page.page.close();
});

it('counts a killed tab out at once', async () => {
  const host = await open();
  const viewer = await open();
  await host.call('signal', { name: 'host', url: signal('killed'), messages: [], publish: true, offer: true });
  await eventually(
    () => room('killed').catch(() => undefined),
    (info) => info?.has_host === true,
    'the host to be live',
  );
  await viewer.call('signal', { name: 'viewer', url: signal('killed'), messages: [{ type: 'join' }], offer: true });
  await eventually(
    () => room('killed'),
    (info) => info.viewer_count === 1,
    'the viewer to be counted',
  );
  await viewer.crash();
  await eventually(
    () => room('killed'),
    (info) => info.viewer_count === 0,
    'the killed viewer to be gone',
    5_000,
  );
  await host.crash();
  await eventually(
    () => room('killed'),
    (info) => !info.has_host && !info.is_active,
    'the killed host to be gone',
    5_000,
  );
});
