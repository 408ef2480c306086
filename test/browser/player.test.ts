import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { RoomInfo } from '@bitbasel/protocol';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousFindingsInBoth } from '../support/axe.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { lightVideo } from '../support/light-video.ts';
import { MediaServerProcess } from '../support/media-server.ts';

// The custom element of the SDK in real Chromium, watching a real host: what is seen, heard, pressed and read out.

const root = resolve(import.meta.dirname, '../..');

let server: MediaServerProcess;
let browser: Browser;

beforeAll(async () => {
  server = await MediaServerProcess.start(lightVideo);
  browser = await launchChromium();
  const host = await browser.newPage();
  await host.goto(`${server.url}/live?room=main&source=pattern&autostart=1`);
  await eventually(
    () => server.json<{ rooms: RoomInfo[] }>('/rooms'),
    ({ rooms }) => rooms[0]?.has_host === true,
    'a host',
  );
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** A page of the server's, with nothing but a player in it. */
async function openPlayer(attributes: string, origin = server.url): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${origin}/health`);
  await page.evaluate(`(async () => {
    document.documentElement.lang = 'en';
    document.title = 'Player';
    document.body.innerHTML = '<main><h1>Player</h1><bitbasel-player ${attributes}></bitbasel-player></main>';
    globalThis.player = document.querySelector('bitbasel-player');
    globalThis.told = [];
    for (const event of ['state', 'ended', 'quality', 'error', 'stats'])
      player.addEventListener(event, ({ detail }) => told.push([event, detail?.code ?? detail?.reason ?? detail]));
    await import('/sdk/player.js');
  })()`);
  return page;
}

const frames = (page: Page) =>
  page.evaluate<number>('player.session?.stats().then(({ framesDecoded }) => framesDecoded) ?? 0');

async function moves(page: Page): Promise<void> {
  const before = await frames(page);
  await eventually(
    () => frames(page),
    (now) => now > before + 20,
    'a moving picture',
  );
}

/** What stands where the picture would be; null while there is one. */
const messageOf = (page: Page) =>
  page.evaluate<string | null>(`(({ hidden, textContent }) => hidden ? null : textContent)(
    player.shadowRoot.querySelector('.message'))`);
const says = (page: Page, text: string) =>
  eventually(
    () => messageOf(page),
    (message) => message?.includes(text) === true,
    `"${text}"`,
  );
const readOut = (page: Page) => page.getByRole('status').textContent();
const told = (page: Page, event: string) =>
  page.evaluate<unknown[]>(`told.filter(([name]) => name === '${event}').map(([, detail]) => detail)`);
/** The name of what has the focus, and whether that is seen. */
const focus = (page: Page) =>
  page.evaluate<{ name: string; outline: string }>(`(() => {
    const { activeElement } = player.shadowRoot;
    const name = activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? '';
    return { name, outline: activeElement === null ? '' : getComputedStyle(activeElement).outlineStyle };
  })()`);

describe('a player', () => {
  let page: Page;
  const video = (expression: string) => page.evaluate<unknown>(`player.video.${expression}`);

  beforeAll(async () => {
    page = await openPlayer('room="main" autoplay controls');
    await moves(page);
  });

  afterAll(() => page?.close());

  it('shows that it is live, how many watch and how late they see it, and tells its page', async () => {
    expect(await messageOf(page)).toBeNull();
    expect(await readOut(page)).toBe('Live');
    await page.getByText('1 viewer').waitFor();
    await page.getByText(/^\d\.\d s$/).waitFor({ timeout: 60_000 });
    expect(await told(page, 'state')).toEqual(['live']);
    expect((await told(page, 'stats')).length).toBeGreaterThan(0);
  });

  it('is used by its keys', async () => {
    await page.getByRole('group', { name: 'Live video' }).focus();
    await page.keyboard.press('Space');
    expect(await video('paused')).toBe(true);
    await page.keyboard.press('Space');
    await eventually(
      () => video('paused'),
      (paused) => paused === false,
      'it to play',
    );
    await page.keyboard.press('m');
    expect(await video('muted')).toBe(true);
    await page.keyboard.press('m');
    await eventually(
      () => video('muted'),
      (muted) => muted === false,
      'sound',
    );
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    expect(await video('volume')).toBe(0.9);
    await page.keyboard.press('f');
    const isFull = () => page.evaluate<boolean>(`player.matches(':fullscreen')`);
    await eventually(isFull, (full) => full, 'full screen');
    await page.getByRole('button', { name: 'Exit full screen' }).click();
    await eventually(isFull, (full) => !full, 'the page again');
  });

  it('leads the focus through its controls, and shows where it is', async () => {
    await page.getByRole('group', { name: 'Live video' }).focus();
    const names: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      await page.keyboard.press('Tab');
      const { name, outline } = await focus(page);
      names.push(name.replace(/:.*/, ''));
      expect(outline).toBe('solid');
    }
    expect(names).toEqual(['Pause', 'Mute', 'Volume', 'Quality', 'Full screen']);
  });

  it('gives its focused controls their own keys', async () => {
    await page.getByRole('button', { name: 'Pause' }).focus();
    await page.keyboard.press('Space');
    expect(await video('paused')).toBe(true);
    await page.getByRole('button', { name: 'Play', exact: true }).last().focus();
    await page.keyboard.press('Enter');
    await eventually(
      () => video('paused'),
      (paused) => paused === false,
      'it to play',
    );
    await page.getByRole('slider', { name: 'Volume' }).focus();
    await page.keyboard.press('Home');
    expect([await video('volume'), await video('muted')]).toEqual([0, true]);
    await page.keyboard.press('End');
    await eventually(
      async () => [await video('volume'), await video('muted')].join(),
      (now) => now === '1,false',
      'all of the sound',
    );
  });

  it('has its quality chosen in a menu, by keys alone', async () => {
    const menu = page.getByRole('menu', { name: 'Quality' });
    const button = page.getByRole('button', { name: /^Quality: Auto/ });
    // The host's encoder takes its time until it sends all three.
    await eventually(
      () => page.evaluate<number>('player.session.qualities.length'),
      (count) => count === 4,
      'all qualities',
    );
    await button.focus();
    await page.keyboard.press('Enter');
    await menu.waitFor();
    expect((await focus(page)).name).toBe('Auto');
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'hidden' });
    expect((await focus(page)).name).toMatch(/^Quality: Auto/);

    await page.keyboard.press('ArrowDown');
    expect(await menu.getByRole('menuitemradio').allTextContents()).toEqual(['Auto', '720p', '360p', '180p']);
    await page.keyboard.press('End');
    expect((await focus(page)).name).toBe('180p');
    expect(await seriousFindingsInBoth(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await menu.waitFor({ state: 'hidden' });
    expect((await focus(page)).name).toBe('Quality: 180p');
    expect(await told(page, 'quality')).toEqual(['q']);
    await eventually(
      () => video('videoHeight'),
      (height) => height === 180,
      'the small picture',
    );
    await page.getByRole('button', { name: 'Quality: 180p' }).click();
    expect(await menu.getByRole('menuitemradio', { checked: true }).textContent()).toBe('180p');
    await menu.getByRole('menuitemradio', { name: 'Auto' }).click();
    expect(await told(page, 'quality')).toEqual(['q', 'auto']);
  });

  it('goes on when it is moved in the page, and leaves when it is taken out', async () => {
    await page.evaluate(`globalThis.before = player.session;
      document.querySelector('main').append(player);`);
    expect(await page.evaluate('player.session === before')).toBe(true);
    await moves(page);
    await page.evaluate('player.remove()');
    expect(await page.evaluate('[before.state, player.session ?? null].join()')).toBe('closed,');
    await eventually(
      () => server.json<RoomInfo>('/rooms/main'),
      ({ viewer_count }) => viewer_count === 0,
      'the server to count nobody',
    );
    await page.evaluate(`document.querySelector('main').append(player)`);
    await moves(page);
  });
});

describe('a player without a picture', () => {
  it('waits for a host in a busy way that is read out, and has nothing that keeps people out', async () => {
    const page = await openPlayer('room="nobody-yet" autoplay controls');
    await says(page, 'Waiting for the host');
    expect(await readOut(page)).toMatch(/^Waiting for the host\./);
    expect(await page.evaluate(`player.shadowRoot.querySelector('.spinner').hidden`)).toBe(false);
    expect(await seriousFindingsInBoth(page)).toEqual([]);
    // Another room in the same player.
    await page.evaluate(`player.room = 'main'`);
    await moves(page);
    expect(await messageOf(page)).toBeNull();
    await page.close();
  });

  it('says that a room is full, lets in whoever waited, and says that a stream has ended', async () => {
    const body = JSON.stringify({ room_id: 'small', settings: { max_viewers: 1 } });
    await server.json('/rooms', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const host = await browser.newPage();
    await host.goto(`${server.url}/live?room=small&source=pattern&autostart=1`);
    const first = await openPlayer('room="small" autoplay');
    await moves(first);
    const second = await openPlayer('room="small" autoplay');
    await says(second, 'The room is full');
    expect(await told(second, 'error')).toContain('room_full');
    expect(await readOut(second)).toMatch(/^The room is full\./);
    await first.evaluate('player.remove()');
    await moves(second);
    await host.close();
    await server.json('/rooms/small', { method: 'DELETE' });
    await says(second, 'The stream has ended');
    expect(await told(second, 'ended')).toEqual(['stopped']);
    await first.close();
    await second.close();
  });

  it('knows of each code of an error that it has words for', () => {
    const source = readFileSync(resolve(root, 'packages/client/src/player-text.ts'), 'utf8');
    const [, table = ''] = /errorTexts[^{]*\{([\s\S]*?)\n\};/.exec(source) ?? [];
    const codes = Array.from(table.matchAll(/^ {2}(\w+):/gm), ([, code]) => code);
    const known = ['docs/errors.md', 'packages/client/src/stream-error.ts'].map((file) =>
      readFileSync(resolve(root, file), 'utf8'),
    );
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !new RegExp(`['"]${code}['"]`).test(known.join('\n')))).toEqual([]);
  });
});

it('a player works on the page of another site, which loads it from the server', async () => {
  const page = await browser.newPage();
  const html = `<script type="module" src="${server.url}/sdk/player.js"></script>
    <bitbasel-player room="main" server="${server.url}" autoplay muted controls></bitbasel-player>`;
  const site = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html));
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  await page.evaluate(`globalThis.player = document.querySelector('bitbasel-player')`);
  await moves(page);
  await page.close();
  site.close();
});

it('a player says that it has lost its server, and goes on by itself when that is back', async () => {
  const doomed = await MediaServerProcess.start(lightVideo);
  const host = await browser.newPage();
  await host.goto(`${doomed.url}/live?room=main&source=pattern&autostart=1`);
  const page = await openPlayer('room="main" autoplay controls muted', doomed.url);
  await moves(page);
  const ports = { 'server.port': String(doomed.port), 'media.port': String(doomed.mediaPort) };
  await doomed.kill();
  await says(page, 'Connection lost');
  expect(await readOut(page)).toBe('Connection lost. Trying again.');
  const revived = await MediaServerProcess.start({ ...lightVideo, ...ports });
  await moves(page);
  await eventually(
    () => messageOf(page),
    (message) => message === null,
    'the picture to be seen',
  );
  expect(await page.evaluate('[player.muted, player.paused].join()')).toBe('true,false');
  await host.close();
  await page.close();
  await revived.stop();
});
