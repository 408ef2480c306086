import type { IceServer, RoomInfo } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RtcPage } from '../browser/rtc-page.ts';
import { LiveRoom } from '../hostile/live-room.ts';
import { launchChromium } from '../support/chromium.ts';
import { Coturn, turnSecret } from '../support/coturn.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';

// A viewer in Chromium whose only way is a real coturn, which is killed and comes back.

let coturn: Coturn;
let server: MediaServerProcess;
let browser: Browser;
let page: RtcPage;
let live: LiveRoom;

beforeAll(async () => {
  coturn = await Coturn.start();
  server = await MediaServerProcess.start({
    'turn.urls': JSON.stringify([coturn.url('udp')]),
    'turn.secret': turnSecret,
  });
  browser = await launchChromium();
  page = await RtcPage.open(browser, server.url);
  live = await LiveRoom.open(server.url, 'live', 2);
});

afterAll(async () => {
  await live?.close();
  await browser?.close();
  await server?.stop();
  await coturn?.stop();
});

async function watch(name: string): Promise<void> {
  const { ice_servers } = await server.json<{ ice_servers: IceServer[] }>('/ice-servers');
  const configuration = { iceServers: ice_servers, iceTransportPolicy: 'relay' } as const;
  expect(await page.call('watch', { name, url: `${server.url}/whep/live`, configuration })).toMatchObject({
    status: 201,
  });
  await eventually(
    () => page.stats(name),
    ({ videoIn }) => (videoIn?.packetsReceived ?? 0) > 100,
    'packets by way of coturn',
  );
}

const viewers = async () => (await server.json<RoomInfo>('/rooms/live')).viewer_count;

it('frees the places of those behind it when it is killed, harms nobody else, and takes them again when it is back', async () => {
  await watch('before');
  expect(await viewers()).toBe(3);
  await coturn.kill();
  await eventually(viewers, (count) => count === 2, 'the relayed viewer to be missed');
  await live.goOn();
  expect(live.faults).toEqual([]);

  coturn = await Coturn.start(undefined, coturn.port);
  await watch('after');
  expect(await viewers()).toBe(3);
  await live.goOn();
  expect(live.faults).toEqual([]);
  expect(server.errors).toEqual([]);
}, 240_000);
