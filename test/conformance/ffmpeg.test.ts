import type { RoomInfo } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RtcPage } from '../browser/rtc-page.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { publishByFfmpeg } from '../support/whip-ffmpeg.ts';

// The real ffmpeg publishes by WHIP: no candidates, no keyframes on request; real Chromium watches.

let server: MediaServerProcess;
let browser: Browser;

beforeAll(async () => {
  server = await MediaServerProcess.start();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

// Each sends for ten seconds: both at a time.
it.concurrent.each([
  ['server', []],
  ['client', ['-whip_flags', 'dtls_active']],
] as const)('ffmpeg, which is DTLS %s, is seen and heard, and ends its session', async (role, options) => {
  const name = `ffmpeg-${role}`;
  const room = () => server.json<RoomInfo>(`/rooms/${name}`);
  const ffmpeg = publishByFfmpeg(`${server.url}/whip/${name}`, 10, options);
  await eventually(
    () => room().catch(() => undefined),
    (info) => info?.has_host === true,
    'ffmpeg to be live',
  );
  const page = await RtcPage.open(browser, server.url);
  expect(await page.call('watch', { name: 'viewer', url: `${server.url}/whep/${name}` })).toMatchObject({
    status: 201,
  });
  const stats = await eventually(
    () => page.stats('viewer'),
    ({ videoIn, audioIn }) => (videoIn?.framesDecoded ?? 0) > 60 && (audioIn?.totalAudioEnergy ?? 0) > 0.001,
    'pictures and sound',
  );
  expect(stats.videoCodec).toBe('video/H264');
  expect(await ffmpeg.exitCode()).toBe(0);
  // It ends by DELETE, not by falling silent, which would take 10 s more.
  expect((await room()).has_host).toBe(false);
  expect(server.output).toMatch(new RegExp(`"room":"${name}".*"role":"host".*"reason":"left"`));
  await page.page.close();
});
