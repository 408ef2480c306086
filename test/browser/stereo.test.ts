import type { RoomInfo } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { RtcPage } from './rtc-page.ts';

// What the SDK's viewers hear of a host that sends one tone to the left and another to the right.

const [leftHz, rightHz] = [440, 1320];
/** Of the spectrum's steps, and more. */
const toleranceHz = 15;

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

it('left and right stay apart', async () => {
  const host = await RtcPage.open(browser, server.url);
  const published = await host.call('publishTones', { name: 'host', url: `${server.url}/whip/stage`, leftHz, rightHz });
  expect(published.status).toBe(201);
  await eventually(
    () => server.json<RoomInfo>('/rooms/stage'),
    (room) => room.has_host,
    'the host to be live',
  );
  const viewer = await RtcPage.open(browser, server.url);
  await viewer.call('listenWithSdk', { room: 'stage' });
  const [left = 0, right = 0] = await eventually(
    () => viewer.call('loudest', { name: 'viewer' }),
    ([left = 0, right = 0]) => left > 0 && right > 0,
    'sound in both channels',
  );
  expect(Math.abs(left - leftHz)).toBeLessThan(toleranceHz);
  expect(Math.abs(right - rightHz)).toBeLessThan(toleranceHz);
});
