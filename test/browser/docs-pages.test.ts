import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { MediaServerProcess } from '../support/media-server.ts';

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

it.each([
  ['/docs', '/rooms/{room_id}'],
  ['/docs/websocket', 'welcome: The answer to a join'],
  ['/docs/errors', 'room_full'],
])('%s shows %s, from its own files and within the content policy', async (path, text) => {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(server.url) && !url.startsWith('data:')) faults.push(url);
  });
  await page.goto(server.url + path);
  await page.getByText(text).first().waitFor({ timeout: 30_000 });
  await page.close();
  expect(faults).toEqual([]);
});
