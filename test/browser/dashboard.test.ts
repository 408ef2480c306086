import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { RoomInfo } from '@bitbasel/protocol';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { signToken, type TokenContent } from '../../packages/server/src/auth/sign-token.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { lightVideo } from '../support/light-video.ts';
import { MediaServerProcess } from '../support/media-server.ts';

// The operators' page over a live room with a host and a viewer of our own.

const secret = 'the secret of these tests, long enough';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const markup = '<img src=x onerror="window.wasRun = true">';
let browser: Browser;
let server: MediaServerProcess;

beforeAll(async () => {
  browser = await launchChromium();
  server = await MediaServerProcess.start({ ...lightVideo, 'auth.secret': secret, 'log.level': 'error' });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

const sign = (content: TokenContent) => signToken(content, secret, { ttlSeconds: 600, nowMs: Date.now() });
const manageAll = () => sign({ room: '*', grants: ['manage'] });

async function open(
  path: string,
  token?: string,
  options: object = {},
): Promise<Page & { faults: string[]; asked: string[] }> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(server.url + path + (token === undefined ? '' : `#token=${token}`));
  return Object.assign(page, { faults, asked });
}

async function startStage(room: string, host: string, viewer: string): Promise<{ host: Page; viewer: Page }> {
  const hostToken = await sign({ room, grants: ['publish'], sub: host });
  const hostPage = await open(`/live?room=${room}&source=pattern&autostart=1`, hostToken);
  await hostPage.locator('#share').waitFor({ state: 'visible' });
  return {
    host: hostPage,
    viewer: await open(`/watch/${room}`, await sign({ room, grants: ['watch'], sub: viewer })),
  };
}

async function roomInfo(room: string): Promise<RoomInfo> {
  const headers = { authorization: `Bearer ${await manageAll()}` };
  return server.json<RoomInfo>(`/rooms/${room}`, { headers });
}

/** What axe-core finds that keeps people out, or gravely hinders them. */
async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`);
}

const row = (page: Page, table: string, text: string) => page.locator(`${table} tbody tr`).filter({ hasText: text });

async function changes(page: Page, selector: string): Promise<void> {
  const before = await page.locator(selector).textContent();
  await eventually(
    () => page.locator(selector).textContent(),
    (now) => now !== before,
    `${selector} to move on from ${before}`,
  );
}

it('shows a live room and its sessions, which move; warns, kicks, stops, and keeps what was', async () => {
  const { host, viewer } = await startStage('stage', markup, 'ben');
  const page = await open('/dashboard', await manageAll());
  expect(page.url()).not.toContain('token');

  await page.locator('#board').waitFor({ state: 'visible' });
  expect(await page.locator('#gate').isHidden()).toBe(true);
  await row(page, '#rooms', 'stage').filter({ hasText: 'live' }).waitFor();
  await page.getByRole('link', { name: 'stage' }).press('Enter');
  await row(page, '#viewers', 'ben').waitFor();
  expect(await page.evaluate('document.activeElement.id')).toBe('room-title');
  const figures = row(page, '#viewers', 'ben');
  await figures.filter({ hasText: /\d+p \d+ fps/ }).waitFor();
  await figures.filter({ hasText: /\d ms/ }).waitFor();
  expect(await row(page, '#layers', 'video').first().textContent()).toMatch(/VP8.*bps/);
  const moving = ['#totals', '#rooms tbody', '#health-figures', '#room-charts figure:nth-child(2)'];
  await Promise.all(moving.map((selector) => changes(page, selector)));
  expect(await page.locator('#room-charts canvas').count()).toBe(5);

  // Ids of users are text.
  await row(page, '#hosts', markup).waitFor();
  expect(await page.evaluate('[window.wasRun, document.querySelectorAll("img").length]')).toEqual([undefined, 1]);

  await host.evaluate('for (const track of preview.srcObject.getAudioTracks()) track.enabled = false;');
  await page.locator('#room-warnings').filter({ hasText: 'silent-audio' }).waitFor();
  await row(page, '#happenings', 'silent-audio').waitFor();
  expect(await row(page, '#rooms', 'stage').textContent()).toContain('silent-audio');

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await seriousFindings(page)).toEqual([]);
  }

  await page.getByRole('button', { name: 'Kick viewer ben' }).press('Enter');
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  expect((await roomInfo('stage')).viewer_count).toBe(1);
  await page.getByRole('button', { name: 'Kick viewer ben' }).click();
  await page.getByRole('button', { name: 'Kick', exact: true }).click();
  await row(page, '#viewers', 'ben').waitFor({ state: 'detached' });
  expect((await roomInfo('stage')).viewer_count).toBe(0);
  await row(page, '#happenings', 'ben: kicked').waitFor();
  await viewer.close();

  await page.getByRole('button', { name: 'Stop room stage' }).click();
  await page.getByRole('button', { name: 'Stop the room' }).click();
  await row(page, '#rooms', 'stage').waitFor({ state: 'detached' });
  await expect(roomInfo('stage')).rejects.toThrow('404');
  await row(page, '#past-rooms', 'stopped').waitFor();
  expect(await page.locator('#room').isHidden()).toBe(true);
  expect(page.faults).toEqual([]);
  // A story of many looks, on a machine that may be busy.
}, 240_000);

it('asks for nothing but the door before it has a token that is taken, and says why it is shut', async () => {
  await server.json('/rooms', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await manageAll()}` },
    body: JSON.stringify({ room_id: 'hidden-room' }),
  });
  const page = await open('/dashboard');
  const problem = page.locator('#problem');
  await problem.filter({ hasText: 'asks for a token' }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);

  const tries = [
    ['nonsense', 'The token was refused.'],
    [await sign({ room: '*', grants: ['watch'] }), 'does not manage rooms'],
  ] as const;
  for (const [token, words] of tries) {
    await page.getByLabel('A token that manages rooms').fill(token);
    await page.keyboard.press('Enter');
    await problem.filter({ hasText: words }).waitFor();
    expect(await page.locator('#board').isHidden()).toBe(true);
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  }
  const itself = /^\/dashboard$|^\/dashboard\/charts\/.*css$|^\/assets\//;
  expect(new Set(page.asked.filter((path) => !itself.test(path)))).toEqual(new Set(['/rooms']));
  expect(page.asked.filter((path) => path.includes('board.'))).toEqual(['/assets/dashboard/dashboard.css']);
  expect(await page.textContent('body')).not.toContain('hidden-room');

  await page.getByLabel('A token that manages rooms').fill(await manageAll());
  await page.keyboard.press('Enter');
  await row(page, '#rooms', 'hidden-room').waitFor();
  await page.reload();
  await row(page, '#rooms', 'hidden-room').waitFor();
  await page.getByRole('button', { name: 'Forget the token' }).click();
  expect(await page.locator('#board').isHidden()).toBe(true);
  expect(await page.textContent('body')).not.toContain('hidden-room');
  expect(page.faults).toEqual([]);
});

it('shows a token for some rooms those rooms, on a phone without moving sideways', async () => {
  const authorization = `Bearer ${await manageAll()}`;
  for (const room_id of ['mine', 'yours'])
    await server.json('/rooms', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ room_id }),
    });
  const viewport = { width: 360, height: 740 };
  const page = await open('/dashboard', await sign({ room: 'mine', grants: ['manage'] }), { viewport });
  await row(page, '#rooms', 'mine').waitFor();
  await page.locator('#notice').filter({ hasText: 'some rooms only' }).waitFor();
  expect(await row(page, '#rooms', 'yours').count()).toBe(0);
  expect(await page.locator('#past').isHidden()).toBe(true);
  await page.locator('#health-figures').filter({ hasText: 'Version' }).waitFor();
  await page.getByRole('link', { name: 'mine' }).click();
  await page.locator('#room-charts canvas').first().waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
  expect(page.faults).toEqual([]);
});
