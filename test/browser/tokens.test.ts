import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signToken, type TokenContent } from '../../packages/server/src/auth/sign-token.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { lightVideo } from '../support/light-video.ts';
import { MediaServerProcess } from '../support/media-server.ts';

// The server's own pages in Chromium, where the server asks for tokens.

const secret = 'the secret of these tests, long enough';
const settings = { ...lightVideo, 'auth.secret': secret, 'log.level': 'error' };
let browser: Browser;
let server: MediaServerProcess;

beforeAll(async () => {
  browser = await launchChromium();
  server = await MediaServerProcess.start(settings);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const sign = (content: TokenContent) => signToken(content, secret, { ttlSeconds: 600, nowMs: Date.now() });

async function open(path: string, token?: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(server.url + path + (token === undefined ? '' : `#token=${token}`));
  return page;
}

interface Handle {
  readonly session?: { readonly state: string };
  stats(): Promise<{ framesDecoded: number }>;
}

const stateOf = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => (globalThis as unknown as { bitbasel: Handle }).bitbasel.session?.state);

const framesOf = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const { bitbasel } = globalThis as unknown as { bitbasel: Handle };
    return (await bitbasel.stats()).framesDecoded;
  });

const until = (page: Page, state: string) =>
  eventually(
    () => stateOf(page),
    (now) => now === state,
    `the page to be ${state}`,
  );

it('pages are let in by the token in their fragment, alone, and come back with it after a restart', async () => {
  const hostToken = await sign({ room: 'stage', grants: ['publish'], sub: 'eve' });
  const host = await open('/live?room=stage&source=pattern&autostart=1', hostToken);
  await until(host, 'live');
  const viewer = await open('/watch/stage', await sign({ room: 'stage', grants: ['watch'] }));
  await eventually(
    () => framesOf(viewer),
    (frames) => frames > 30,
    'a picture',
  );

  for (const token of [undefined, await sign({ room: 'other', grants: ['watch'] }), 'nonsense'])
    await until(await open('/watch/stage', token), 'failed');
  const authorization = `Bearer ${await sign({ room: 'stage', grants: ['manage'] })}`;
  const room = await server.json('/rooms/stage', { headers: { authorization } });
  expect(room).toMatchObject({ viewer_count: 1, hosts: [{ user_id: 'eve' }] });

  // The resume secrets are gone with the process that gave them, so the token is what leads back.
  const ports = { 'server.port': String(server.port), 'media.port': String(server.mediaPort) };
  await server.kill();
  await until(viewer, 'reconnecting');
  server = await MediaServerProcess.start({ ...settings, ...ports });
  await until(host, 'live');
  const frames = await framesOf(viewer).catch(() => 0);
  await until(viewer, 'live');
  await eventually(
    () => framesOf(viewer),
    (now) => now > frames + 30,
    'frames to go on',
  );
});
