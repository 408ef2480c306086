import type { ChatMessage, RoomInfo } from '@bitbasel/protocol';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousFindingsInBoth } from '../support/axe.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { lightVideo } from '../support/light-video.ts';
import { MediaServerProcess } from '../support/media-server.ts';

// The server's own pages as people use them, with real media: going live, switching what is shown, watching, chatting.

const phone = { width: 360, height: 740 };

let server: MediaServerProcess;
let browser: Browser;
let host: Page;
const faults: string[] = [];

async function open(path: string, viewport = { width: 1280, height: 800 }): Promise<Page> {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  page.on('pageerror', ({ message }) => faults.push(`${path}: ${message}`));
  page.on('console', (message) => message.type() === 'error' && faults.push(`${path}: ${message.text()}`));
  await page.goto(server.url + path);
  return page;
}

const stateOf = (page: Page) => page.evaluate<string | undefined>('bitbasel.session?.state');
const frames = (page: Page) =>
  page.evaluate<number>(
    'globalThis.bitbasel?.stats().then((stats) => stats?.framesDecoded ?? stats?.framesEncoded ?? 0) ?? 0',
  );

async function moves(page: Page): Promise<void> {
  const before = await frames(page);
  await eventually(
    () => frames(page),
    (now) => now > before + 20,
    'a moving picture',
  );
}

/** Nothing sticks out to the side. */
const fitsItsWidth = (page: Page) => page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth');

beforeAll(async () => {
  server = await MediaServerProcess.start(lightVideo);
  browser = await launchChromium(['--use-fake-device-for-media-stream=device-count=3']);
  host = await open('/live?room=main');
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe('the page of the host', () => {
  it('shows the camera, its devices and the level of the sound before anybody sees it', async () => {
    expect(await seriousFindingsInBoth(host)).toEqual([]);
    await host.getByRole('radio', { name: 'Camera' }).check();
    await host.locator('#camera-field').waitFor({ state: 'visible', timeout: 60_000 });
    expect(await host.locator('#camera option').count()).toBe(3);
    expect(await host.locator('#sound option').count()).toBeGreaterThan(1);
    // Chromium's made-up microphone beeps.
    await eventually(
      () => host.evaluate<number>('document.getElementById("level").value'),
      (level) => level > 0.1,
      'the level of the sound',
    );
    expect((await server.json<{ rooms: RoomInfo[] }>('/rooms')).rooms).toEqual([]);
    expect(await seriousFindingsInBoth(host)).toEqual([]);
  });

  it('goes live, and switches camera, picture and sound over one connection while viewers watch on', async () => {
    await host.getByRole('button', { name: 'Go live' }).click();
    await host.locator('#share').waitFor({ state: 'visible', timeout: 60_000 });
    const viewer = await open('/watch/main');
    await moves(viewer);
    const sent = () =>
      host.evaluate<[string, string]>(
        '["getVideoTracks", "getAudioTracks"].map((tracks) => bitbasel.session.stream[tracks]()[0]?.label ?? "")',
      );
    const [camera, microphone] = await sent();
    await host.selectOption('#camera', { index: 2 });
    await eventually(sent, ([video]) => video !== camera, 'the other camera');
    expect((await sent())[1]).toBe(microphone);
    await moves(viewer);

    await host.getByRole('radio', { name: 'Test pattern' }).check();
    await eventually(sent, ([, audio]) => audio !== microphone, 'the tone of the test pattern');
    await moves(viewer);
    await host.selectOption('#sound', 'none');
    await eventually(sent, ([, audio]) => audio === '', 'no sound');
    await host.selectOption('#sound', { label: 'Test tone' });

    await host.getByRole('button', { name: 'Mute sound' }).click();
    expect(await host.getByRole('button', { name: 'Mute sound', pressed: true }).count()).toBe(1);
    expect(await host.evaluate('bitbasel.session.muted.audio')).toBe(true);
    await host.getByRole('button', { name: 'Mute sound' }).click();
    expect(await stateOf(viewer)).toBe('live');
    await host.getByText('1 viewer', { exact: true }).waitFor();
    await viewer.context().close();
  });

  it('has nothing that keeps people out while it is live, and fits a phone', async () => {
    expect(await seriousFindingsInBoth(host)).toEqual([]);
    await host.setViewportSize(phone);
    expect(await fitsItsWidth(host)).toBe(true);
    await host.setViewportSize({ width: 1280, height: 800 });
  });
});

describe('the chat', () => {
  let viewer: Page;
  const lines = (page: Page) => page.locator('#chat-messages .chat-text').allTextContents();
  const reads = (page: Page, expected: string[]) =>
    eventually(
      () => lines(page),
      (now) => now.join('|') === expected.join('|'),
      `to read ${expected.join(', ')}`,
    );

  async function say(page: Page, text: string): Promise<void> {
    await page.fill('#chat-input', text);
    await page.press('#chat-input', 'Enter');
  }

  beforeAll(async () => {
    viewer = await open('/watch/main', phone);
    await moves(viewer);
    await viewer.getByText('2 here').waitFor();
  });

  afterAll(() => viewer.context().close());

  it('shows both what the other says, as text and nothing else', async () => {
    const hostile = '<img src=x onerror="alert(1)"><b>bold</b>';
    await say(viewer, hostile);
    await reads(host, [hostile]);
    await say(host, 'Welcome!');
    await reads(viewer, [hostile, 'Welcome!']);
    expect(await viewer.locator('#chat-messages .chat-text :is(img, b)').count()).toBe(0);
    expect(await viewer.locator('#chat-messages .chat-role').allTextContents()).toEqual(['Host']);
  });

  it('lets reactions rise over the picture of both', async () => {
    const rose = (page: Page) =>
      page.evaluate(`void (globalThis.rose = new Promise((done) =>
        new MutationObserver(([{ target }]) => done(target.textContent))
          .observe(document.getElementById('reactions'), { childList: true })))`);
    await rose(host);
    await rose(viewer);
    await viewer.getByRole('button', { name: 'Heart' }).click();
    expect(await host.evaluate('rose')).toContain('❤️');
    expect(await viewer.evaluate('rose')).toContain('❤️');
  });

  it('is moderated by the host, and by nobody else', async () => {
    expect(await viewer.locator('.chat-more').first().isVisible()).toBe(false);
    const more = host.locator('#chat-messages li', { hasText: 'bold' }).getByRole('button', { name: /^Moderate/ });
    await more.click();
    expect(await seriousFindingsInBoth(host)).toEqual([]);
    await host.getByRole('button', { name: 'Mute', exact: true }).first().click();
    await viewer.getByText('You were muted in this chat.').waitFor();
    expect(await viewer.locator('#chat-input').isDisabled()).toBe(true);
    await more.click();
    await host.getByRole('button', { name: 'Unmute' }).first().click();
    await viewer.getByText('You may speak again.').waitFor();
    await more.click();
    await host.getByRole('button', { name: 'Remove' }).first().click();
    await reads(viewer, ['Welcome!']);
    await reads(host, ['Welcome!']);
  });

  it('takes a name, which is there at the next visit too', async () => {
    await viewer.fill('#chat-name', 'Ann');
    await viewer.press('#chat-name', 'Tab');
    await eventually(
      () => viewer.evaluate<string | null>('bitbasel.session.chat.me?.name ?? null'),
      (name) => name === 'Ann',
      'the name to be known',
    );
    await say(viewer, 'It is me.');
    await host.locator('#chat-messages li', { hasText: 'It is me.' }).filter({ hasText: 'Ann' }).waitFor();
    await viewer.reload();
    await moves(viewer);
    expect(await viewer.inputValue('#chat-name')).toBe('Ann');
    await eventually(
      () => lines(viewer),
      (now) => now.length === 2,
      'what was said before',
    );
  });

  it('shows what the backend says as an announcement, and keeps what was refused', async () => {
    const said = { method: 'POST', headers: { 'content-type': 'application/json' } };
    await server.json<ChatMessage>('/rooms/main/chat', {
      ...said,
      body: JSON.stringify({ text: 'Five minutes left.' }),
    });
    await viewer.locator('#chat-messages li', { hasText: 'Announcement' }).waitFor();
    await viewer.evaluate(`document.getElementById('chat-input').removeAttribute('maxlength')`);
    const long = 'x'.repeat(5_000);
    await say(viewer, long);
    await eventually(
      () => viewer.inputValue('#chat-input'),
      (text) => text === long,
      'the text to be kept',
    );
    expect(await viewer.locator('#chat-status').textContent()).not.toBe('');
  });

  it('has nothing that keeps people out on the watch page, and fits a phone', async () => {
    expect(await seriousFindingsInBoth(viewer)).toEqual([]);
    expect(await fitsItsWidth(viewer)).toBe(true);
  });
});

it('the first page lists who is live, with nothing that keeps people out, and fits a phone', async () => {
  const home = await open('/', phone);
  await home.getByRole('link', { name: /main/ }).waitFor();
  expect(await seriousFindingsInBoth(home)).toEqual([]);
  expect(await fitsItsWidth(home)).toBe(true);
  await home.getByRole('link', { name: /main/ }).click();
  await moves(home);
  await home.context().close();
});

it('a host who stops is off the air, and its chat goes with it', async () => {
  await host.getByRole('button', { name: 'Stop' }).click();
  await host.getByRole('button', { name: 'Go live' }).waitFor();
  expect(await host.locator('#chat').isVisible()).toBe(false);
  await eventually(
    () => server.json<RoomInfo>('/rooms/main'),
    ({ has_host }) => !has_host,
    'the room to have no host',
  );
});

it('no page broke, or broke its content policy', () => {
  expect(faults).toEqual([]);
});
