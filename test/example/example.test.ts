import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { Program } from '../support/program.ts';

// The example backend's page in Chromium, as `make example` serves it: from posting to watching.

const root = resolve(import.meta.dirname, '../..');
let browser: Browser;
let example: Program;
let url: string;

beforeAll(async () => {
  browser = await launchChromium();
  example = new Program(resolve(root, 'python/.venv/bin/python'), {
    arguments: [resolve(root, 'python/examples/backend/start.py'), '--port=0', '--media-port=0'],
  });
  [, url = ''] = await example.printed(/Open (http:\/\/localhost:\d+)[\s\S]*Ctrl-C/);
});

afterAll(async () => {
  await browser?.close();
  expect(await example?.stop()).toBe(0);
});

/** Each tab is a user of its own. */
async function enter(name: string): Promise<Page> {
  const page = await browser.newPage();
  page.on('pageerror', (error) => {
    throw error;
  });
  await page.goto(url);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Enter' }).click();
  return page;
}

const item = (page: Page, text: string) => page.getByRole('listitem').filter({ hasText: text });

const framesOf = (page: Page) =>
  page.evaluate<number>("document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0");

it('one posts and goes live, a follower watches, and the end is shown to both', async () => {
  const host = await enter('eve');
  await host.getByLabel('A new post').fill('My opening');
  await host.getByRole('button', { name: 'Post' }).click();
  await item(host, 'My opening').getByText('Not live').waitFor();

  const viewer = await enter('ben');
  await item(viewer, 'eve').getByRole('button', { name: 'Follow' }).click();
  await item(viewer, 'My opening').getByText('Not live').waitFor();

  await item(host, 'My opening').getByRole('button', { name: 'Go live' }).click();
  await host.getByRole('status').getByText('Live', { exact: true }).waitFor();
  // By the webhook, and then by its button.
  await item(viewer, 'My opening').getByRole('button', { name: 'Watch' }).click();
  await viewer.getByRole('status').getByText('Live', { exact: true }).waitFor();
  await eventually(
    () => framesOf(viewer),
    (frames) => frames > 20,
    'a moving picture',
  );
  await item(host, 'My opening').getByText('1 watching').waitFor();

  await host.getByRole('button', { name: 'Stop' }).click();
  await viewer.getByRole('status').getByText('It has ended').waitFor();
  await item(viewer, 'My opening').getByText('Not live').waitFor();
  expect(await viewer.getByRole('alert').isVisible()).toBe(false);
});
