import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { HostView, RoomInfo, ServerStats } from '@bitbasel/protocol';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { RtcPage } from './rtc-page.ts';

// Three hosts in one room, told by the width of their pictures: who watches sees all of them, or whoever speaks.

const widths = { ann: 320, bob: 480, eve: 640 } as const;
type Name = keyof typeof widths;

let browser: Browser;
let server: MediaServerProcess;

beforeAll(async () => {
  browser = await launchChromium();
  server = await MediaServerProcess.start({ 'rooms.max_hosts': '3' });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const signalUrl = () => `${server.url.replace('http', 'ws')}/signal/stage`;
const room = () => server.json<RoomInfo>('/rooms/stage');

async function goLive(userId: Name, width: number = widths[userId]): Promise<RtcPage> {
  const page = await RtcPage.open(browser, server.url);
  await page.call('host', { name: 'host', url: signalUrl(), userId, width, height: (width * 9) / 16 });
  const isLive = ({ hosts }: RoomInfo) => hosts.some(({ user_id }) => user_id === userId);
  await eventually(room, isLive, `${userId} to be live`);
  return page;
}

interface Shown {
  readonly widths: Record<string, number>;
  readonly speaking: readonly string[];
}

/** See `watch-page.js`. */
const watched = (page: Page): Promise<Shown> => page.evaluate('watchPage.shown()');

/** Width of the picture of each host on the m-line that the server names for it. */
async function seenByMid(viewer: RtcPage): Promise<Record<string, number>> {
  const messages = await viewer.call('messages', { name: 'viewer' });
  const told = messages.findLast(({ type }) => type === 'hosts') as { hosts: HostView[] } | undefined;
  const videos = await viewer.call('videos', { name: 'viewer' });
  const widthOf = (mid: string | null) => videos.find((video) => video.mid === mid)?.frameWidth ?? 0;
  return Object.fromEntries((told?.hosts ?? []).map((host) => [host.user_id, widthOf(host.video_mid)]));
}

it('viewers see all hosts, or the one who speaks, and stay connected when a host is killed and comes back', async () => {
  const ann = await goLive('ann');
  const [bob, eve] = [await goLive('bob'), await goLive('eve')];
  expect((await room()).hosts.map(({ user_id, is_main }) => [user_id, is_main])).toEqual([
    ['ann', true],
    ['bob', false],
    ['eve', false],
  ]);

  const sdkViewer = await browser.newPage();
  await sdkViewer.goto(`${server.url}/watch/stage`);
  // As a script of its own the page's content security policy would refuse it.
  await sdkViewer.evaluate(readFileSync(resolve(import.meta.dirname, 'watch-page.js'), 'utf8'));
  const all = { main: 320, bob: 480, eve: 640 };
  const shows = (expected: Record<string, number>) => (shown: Shown) => isDeepStrictEqual(shown.widths, expected);
  await eventually(() => watched(sdkViewer), shows(all), 'the watch page to show all hosts');
  await sdkViewer.evaluate('watchPage.recordStates()');

  const offered = await RtcPage.open(browser, server.url);
  const join = { type: 'join', offer: 'server' };
  await offered.call('signal', { name: 'viewer', url: signalUrl(), messages: [join] });
  const fits = (expected: object) => (seen: object) => isDeepStrictEqual(seen, expected);
  await eventually(() => seenByMid(offered), fits(widths), 'each host on the m-line that is named for it');
  await offered.call('recordStates', { name: 'viewer' });

  const single = await RtcPage.open(browser, server.url);
  await single.call('watch', { name: 'viewer', url: `${server.url}/whep/stage` });
  const width = async () => (await single.stats('viewer')).videoIn?.frameWidth;
  await eventually(width, (now) => now === 320, 'the single slot to show the main host');
  await single.call('recordStates', { name: 'viewer' });
  expect(await server.json<ServerStats>('/stats')).toMatchObject({ total_hosts: 3, total_viewers: 3, total_peers: 6 });

  const speaker = async () => (await room()).active_speaker?.user_id;
  await bob.call('sound', { name: 'host', on: true });
  await eventually(speaker, (now) => now === 'bob', 'bob to be the active speaker');
  await eventually(width, (now) => now === 480, 'the single slot to follow to bob');
  await eventually(
    () => watched(sdkViewer),
    ({ speaking }) => speaking.join() === 'bob',
    'bob to be marked',
  );
  await bob.call('sound', { name: 'host', on: false });
  await eve.call('sound', { name: 'host', on: true });
  await eventually(width, (now) => now === 640, 'the single slot to follow to eve');
  const heard = async () => (await single.stats('viewer')).audioIn?.totalAudioEnergy ?? 0;
  const energy = await heard();
  await eventually(heard, (now) => now > energy, 'eve to be heard in the single slot');
  expect(shows(all)(await watched(sdkViewer))).toBe(true);

  await ann.crash();
  await ann.page.close();
  const frames = async () =>
    (await offered.call('videos', { name: 'viewer' })).find((video) => video.frameWidth === 480);
  const before = (await frames())?.framesDecoded ?? 0;
  await eventually(frames, (now) => (now?.framesDecoded ?? 0) > before + 20, 'bob to go on without ann');
  await goLive('ann', 400);
  await eventually(() => watched(sdkViewer), shows({ ...all, main: 400 }), 'ann on the main screen again');
  await eventually(() => seenByMid(offered), fits({ ...widths, ann: 400 }), 'ann on her m-line again');

  expect(await sdkViewer.evaluate('watchPage.states()')).toEqual(['live']);
  for (const viewer of [offered, single])
    expect(await viewer.call('recordedStates', { name: 'viewer' })).toEqual(['connected']);
  expect(await server.json<ServerStats>('/stats')).toMatchObject({ total_hosts: 3, total_viewers: 3, total_peers: 6 });
}, 180_000);
