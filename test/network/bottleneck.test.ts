import type { RoomInfo } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RtcPage } from '../browser/rtc-page.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { SimulcastHost } from '../support/simulcast-host.ts';
import { Network, networkObstacle } from './network.ts';

// A viewer's line gets slow and recovers, in the kernel; the viewer is a real browser, and another watches beside it.

const layers = [
  { rid: 'q', height: 180, bitrateBps: 150_000 },
  { rid: 'h', height: 360, bitrateBps: 500_000 },
  { rid: 'f', height: 720, bitrateBps: 1_500_000 },
] as const;
const openLineBps = 10e6;
/** Carries the middle layer, barely. */
const slowLineBps = 700_000;
const longestFreezeMs = 1000;

let network: Network;
let server: MediaServerProcess;
let browsers: Browser[] = [];
let host: SimulcastHost;
const obstacle = networkObstacle();

beforeAll(async () => {
  if (obstacle !== undefined) return;
  network = new Network();
  network.setLine(openLineBps);
  server = await MediaServerProcess.start({ 'server.host': network.serverAddress }, network.serverNamespace);
  browsers = await Promise.all([launchChromium([], network.viewerNamespace), launchChromium()]);
  host = await SimulcastHost.start(`${server.url}/whip/stage`, layers, network.testAddress);
  await eventually(
    () => server.json<RoomInfo>('/rooms/stage'),
    (room) => room.has_host,
    'the host to be live',
  );
});

afterAll(async () => {
  host?.stop();
  for (const browser of browsers) await browser.close();
  await server?.stop();
  network?.remove();
});

/** A viewer that has the highest layer, and whose freezes are watched from now on. */
async function watch(browser: Browser | undefined): Promise<Viewer> {
  if (browser === undefined) throw new Error('The browser was not started.');
  const page = await RtcPage.open(browser, server.url);
  await page.call('watch', { name, url: `${server.url}/whep/stage` });
  const viewer = new Viewer(page);
  await viewer.sees((height) => height === 720, 'the highest layer');
  await page.call('recordFrames', { name });
  return viewer;
}

const name = 'viewer';

class Viewer {
  readonly #page: RtcPage;

  constructor(page: RtcPage) {
    this.#page = page;
  }

  async video() {
    const { videoIn } = await this.#page.stats(name);
    if (videoIn === undefined) throw new Error('There is no video yet.');
    return videoIn;
  }

  /** Resolves once 30 frames in a row were of such a height, with how long that took. */
  async sees(fits: (height: number) => boolean, what: string): Promise<number> {
    const startMs = Date.now();
    let since: number | undefined;
    const frames = async () => {
      const { videoIn } = await this.#page.stats(name);
      if (videoIn === undefined || !fits(videoIn.frameHeight)) since = undefined;
      else since ??= videoIn.framesDecoded;
      return since === undefined || videoIn === undefined ? 0 : videoIn.framesDecoded - since;
    };
    await eventually(frames, (count) => count >= 30, what, 60_000);
    return Date.now() - startMs;
  }

  longestGap(): Promise<number> {
    return this.#page.call('longestGap', { name });
  }
}

it('a viewer on a line that gets slow is sent a lower layer and comes back, without a freeze; others notice nothing', {
  timeout: 240_000,
}, async ({ skip }) => {
  if (obstacle !== undefined) skip(obstacle);
  const [near, far] = [await watch(browsers[1]), await watch(browsers[0])];

  network.setLine(slowLineBps);
  const downMs = await far.sees((height) => height < 720, 'a lower layer');
  const gapDownMs = await far.longestGap();
  network.setLine(openLineBps);
  const upMs = await far.sees((height) => height === 720, 'the highest layer again');
  const gapUpMs = await far.longestGap();
  const besideIt = { gapMs: await near.longestGap(), ...(await near.video()) };

  console.log(
    `down after ${downMs} ms, up after ${upMs} ms; longest freeze ${gapDownMs}, ${gapUpMs} ms; ` +
      `of the viewer beside it ${besideIt.gapMs} ms`,
  );
  expect(gapDownMs).toBeLessThan(longestFreezeMs);
  expect(gapUpMs).toBeLessThan(longestFreezeMs);
  expect(besideIt).toMatchObject({ packetsLost: 0, frameHeight: 720 });
  expect(besideIt.gapMs).toBeLessThan(longestFreezeMs);
});
