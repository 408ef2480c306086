import type { RoomInfo } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { RtcPage } from './rtc-page.ts';

// All other tests go over the native transport, where it is compiled. This is what those have who cannot compile it.

let server: MediaServerProcess;
let browser: Browser;

beforeAll(async () => {
  server = await MediaServerProcess.start({ 'media.transport': 'datachannel' });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

it('Chromium publishes and watches over node-datachannel', async () => {
  const page = await RtcPage.open(browser, server.url);
  const video = { width: 320, height: 180 };
  const host = await page.call('publish', { name: 'host', url: `${server.url}/whip/dc`, video });
  expect(host).toMatchObject({ status: 201 });
  await eventually(
    () => server.json<RoomInfo>('/rooms/dc'),
    ({ has_host }) => has_host,
    'the host to be live',
  );
  expect(await page.call('watch', { name: 'viewer', url: `${server.url}/whep/dc` })).toMatchObject({ status: 201 });
  await eventually(
    () => page.stats('viewer'),
    ({ videoIn, audioIn }) => (videoIn?.framesDecoded ?? 0) > 30 && (audioIn?.packetsReceived ?? 0) > 50,
    'pictures and sound',
  );
});
