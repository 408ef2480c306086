/**
 * `make demo`: the whole thing without a screen. Starts the server, a headless Chromium that goes live with the test
 * pattern, and three that watch; prints what each viewer saw, and fails where one saw nothing.
 *
 *   --viewers N   default 3
 *   --seconds N   how long they watch; default 10
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../test/support/chromium.ts';
import { MediaServerProcess } from '../test/support/media-server.ts';

/** What the watch page tells of itself; see `web/page-handle.ts`. */
interface ViewerFigures {
  readonly framesDecoded: number;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly bitrateBps: number;
  readonly delayMs: number | null;
  readonly delaySource: string | null;
  readonly totalAudioEnergy: number;
}

const { values } = parseArgs({
  options: { viewers: { type: 'string', default: '3' }, seconds: { type: 'string', default: '10' } },
});
const viewerCount = Number(values.viewers);
const seconds = Number(values.seconds);
const room = 'demo';

function figuresOf(page: Page): Promise<ViewerFigures> {
  return page.evaluate(() =>
    (globalThis as unknown as { bitbasel: { stats(): Promise<ViewerFigures> } }).bitbasel.stats(),
  );
}

async function open(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`${url}: ${error.message}`));
  await page.goto(url);
  return page;
}

async function isLive(server: MediaServerProcess): Promise<boolean> {
  const { rooms } = await server.json<{ rooms: { room_id: string; has_host: boolean }[] }>('/rooms');
  return rooms.some((candidate) => candidate.room_id === room && candidate.has_host);
}

function print(figures: readonly ViewerFigures[]): void {
  console.table(
    figures.map((viewer) => ({
      'decoded frames': viewer.framesDecoded,
      resolution: `${viewer.width} x ${viewer.height}`,
      'frames/s': Math.round(viewer.framesPerSecond),
      kbps: Math.round(viewer.bitrateBps / 1000),
      'delay ms': viewer.delayMs === null ? 'unknown' : `${Math.round(viewer.delayMs)} (${viewer.delaySource})`,
      sound: viewer.totalAudioEnergy > 0 ? 'heard' : 'none',
    })),
  );
}

async function run(server: MediaServerProcess, browser: Browser): Promise<boolean> {
  console.log(`server on ${server.url}, room ${room}`);
  await open(browser, `${server.url}/live?room=${room}&source=pattern&autostart=1`);
  for (let tries = 0; !(await isLive(server)); tries += 1) {
    if (tries > 200) throw new Error('the host did not go live');
    await delay(100);
  }
  console.log(`the host is live; ${viewerCount} viewers watch for ${seconds} s`);
  const urls = Array.from({ length: viewerCount }, () => `${server.url}/watch/${room}?autoplay=1`);
  const viewers = await Promise.all(urls.map((url) => open(browser, url)));
  await delay(seconds * 1000);
  const figures = await Promise.all(viewers.map(figuresOf));
  print(figures);
  return figures.every((viewer) => viewer.framesDecoded > 0 && viewer.totalAudioEnergy > 0);
}

const server = await MediaServerProcess.start();
const browser = await launchChromium();
try {
  const allSaw = await run(server, browser);
  if (!allSaw) console.error('A viewer saw or heard nothing.');
  process.exitCode = allSaw ? 0 : 1;
} finally {
  await browser.close();
  await server.stop();
}
