import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RoomInfo } from '@bitbasel/protocol';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { lightVideo } from '../support/light-video.ts';
import { MediaServerProcess } from '../support/media-server.ts';

// A host and two viewers in Chromium, on the server's own pages: the server is killed, and they come back by themselves.

const folder = mkdtempSync(join(tmpdir(), 'bitbasel-pages-'));
const settings = {
  ...lightVideo,
  ...{ 'history.mode': 'sqlite', 'history.path': join(folder, 'history.sqlite'), 'log.level': 'error' },
};
let browser: Browser;
let server: MediaServerProcess;

beforeAll(async () => {
  browser = await launchChromium();
  server = await MediaServerProcess.start(settings);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(path: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(server.url + path);
  return page;
}

interface Handle {
  readonly session?: { readonly state: string };
  stats(): Promise<{ framesDecoded: number }>;
}

function framesOf(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { bitbasel } = globalThis as unknown as { bitbasel: Handle };
    return (await bitbasel.stats()).framesDecoded;
  });
}

function stateOf(page: Page): Promise<string | undefined> {
  return page.evaluate(() => (globalThis as unknown as { bitbasel: Handle }).bitbasel.session?.state);
}

it('the pages of a host and its viewers come back after the server was killed, into the same room', async () => {
  const host = await open('/live?room=stage&source=pattern&autostart=1');
  await eventually(
    () => stateOf(host),
    (state) => state === 'live',
    'the host to be live',
  );
  const viewers = [await open('/watch/stage'), await open('/watch/stage')];
  for (const viewer of viewers)
    await eventually(
      () => framesOf(viewer),
      (frames) => frames > 30,
      'a picture',
    );
  const before = await server.json<RoomInfo>('/rooms/stage');

  const ports = { 'server.port': String(server.port), 'media.port': String(server.mediaPort) };
  await server.kill();
  const gone = async () => Promise.all([host, ...viewers].map(stateOf));
  await eventually(gone, (states) => states.every((state) => state === 'reconnecting'), 'the pages to miss it');
  const killedMs = Date.now();
  server = await MediaServerProcess.start({ ...settings, ...ports });

  await eventually(gone, (states) => states.every((state) => state === 'live'), 'the pages to be back');
  const backMs = Date.now() - killedMs;
  for (const viewer of viewers) {
    const frames = await framesOf(viewer);
    await eventually(
      () => framesOf(viewer),
      (now) => now > frames + 30,
      'frames to go on',
    );
  }
  console.log(`all pages were live again ${backMs} ms after the server was started again`);
  const after = await eventually(
    () => server.json<RoomInfo>('/rooms/stage'),
    ({ viewer_count }) => viewer_count === 2,
    'both viewers to be counted',
  );
  expect(after).toMatchObject({ room_id: 'stage', created_at: before.created_at, owner: before.owner, has_host: true });
});
