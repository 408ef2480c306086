/**
 * `make screenshots`: the pictures in docs/screenshots, of the real pages with a real host (the test pattern) and some
 * chat, by a headless Chromium. Fails where one gets larger than a page of documents should carry.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../test/support/chromium.ts';
import { eventually } from '../test/support/eventually.ts';
import { MediaServerProcess } from '../test/support/media-server.ts';

const folder = resolve(import.meta.dirname, '../docs/screenshots');
const mostBytes = 200_000;
const colours = 64;
const room = 'cobalt-gallery';
const desktop = { width: 1280, height: 800 };
const phone = { width: 390, height: 780 };

const lines = [
  ['Ann', 'Good evening from Basel!'],
  ['Luis', 'Which one opens the show?'],
  ['Mei', 'The blue one, I hope.'],
  ['Ann', 'Is it signed?'],
] as const;

async function open(browser: Browser, url: string, look: object, name = ''): Promise<Page> {
  const context = await browser.newContext({ viewport: desktop, ...look });
  await context.addInitScript(`localStorage.setItem('bitbasel-name', ${JSON.stringify(name)})`);
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

async function seesPicture(page: Page): Promise<void> {
  await eventually(
    () => page.evaluate<number>('bitbasel.stats().then((stats) => stats?.framesDecoded ?? 0)'),
    (frames) => frames > 90,
    'a picture',
    60_000,
  );
  await page.getByText(/^\d\.\d s$/).waitFor({ timeout: 60_000 });
}

async function say(page: Page, text: string): Promise<void> {
  await page.fill('#chat-input', text);
  await page.press('#chat-input', 'Enter');
  await page.locator('#chat-messages li', { hasText: text }).waitFor();
}

async function take(page: Page, name: string): Promise<void> {
  const path = join(folder, `${name}.png`);
  const whole = join(tmpdir(), `bitbasel-${process.pid}-${name}.png`);
  await page.screenshot({ path: whole });
  // Few colours make a small file, and are enough for flat pages.
  const palette = `split[a][b];[a]palettegen=max_colors=${colours}[p];[b][p]paletteuse=dither=none`;
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', whole, '-vf', palette, '-frames:v', '1', path]);
  rmSync(whole);
  const { size } = statSync(path);
  console.log(`docs/screenshots/${name}.png: ${Math.round(size / 1000)} kB`);
  if (size > mostBytes) throw new Error(`${name}.png is larger than ${mostBytes / 1000} kB.`);
}

async function run(server: MediaServerProcess, browser: Browser): Promise<void> {
  const host = await open(browser, `${server.url}/live?room=${room}&source=pattern&autostart=1`, {}, 'Gallery');
  await host.locator('#share').waitFor({ state: 'visible', timeout: 60_000 });
  const url = `${server.url}/watch/${room}`;
  for (const [name, text] of lines) {
    const page = await open(browser, url, {}, name);
    await page.getByText(/\d here/).waitFor();
    await say(page, text);
    await page.context().close();
  }
  await say(host, 'It is, on the back. One moment.');
  const watch = await open(browser, url, { colorScheme: 'light' }, 'Mei');
  await seesPicture(watch);
  await take(watch, 'watch');
  await watch.context().close();
  const small = await open(browser, url, { colorScheme: 'dark', viewport: phone, hasTouch: true, isMobile: true });
  await seesPicture(small);
  await take(small, 'watch-phone-dark');
  await host.setViewportSize({ width: 1280, height: 900 });
  await host.evaluate('document.activeElement.blur(), scrollTo(0, 0)');
  await host.emulateMedia({ colorScheme: 'light' });
  await take(host, 'live');
  await host.emulateMedia({ colorScheme: 'dark' });
  await take(host, 'live-dark');
}

mkdirSync(folder, { recursive: true });
const server = await MediaServerProcess.start();
const browser = await launchChromium();
try {
  await run(server, browser);
} finally {
  await browser.close();
  await server.stop();
}
