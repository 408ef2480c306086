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
/** Carries the middle layer, with little to spare. */
const slowLineBps = 700_000;
/** Of ten seconds. */
const longFrameCount = 300;
/** `make bottleneck` goes down and up five times and holds freezes to a second; the short form looks at the outcome. */
const measuredRounds = process.env.BOTTLENECK_ROUNDS;
const rounds = Number(measuredRounds ?? 1);
/** Before the line gets slow. */
const framesAtFirst = measuredRounds === undefined ? 90 : longFrameCount;
const name = 'viewer';

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
  await viewer.sees((height) => height === 720, 'the highest layer', framesAtFirst);
  await page.call('recordFrames', { name });
  return viewer;
}

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

  /** Resolves once so many frames in a row were of such a height, with the time until the first of them, in ms. */
  async sees(fits: (height: number) => boolean, what: string, frameCount = longFrameCount): Promise<number> {
    const startMs = Date.now();
    let fittedMs = startMs;
    let since: number | undefined;
    const frames = async () => {
      const { videoIn } = await this.#page.stats(name);
      if (videoIn === undefined || !fits(videoIn.frameHeight)) since = undefined;
      else if (since === undefined) {
        since = videoIn.framesDecoded;
        fittedMs = Date.now();
      }
      return since === undefined || videoIn === undefined ? 0 : videoIn.framesDecoded - since;
    };
    await eventually(frames, (count) => count >= frameCount, what);
    return fittedMs - startMs;
  }

  longestGap(): Promise<number> {
    return this.#page.call('longestGap', { name });
  }
}

it('a viewer on a line that gets slow is sent a lower layer and comes back, without a freeze; others notice nothing', {
  timeout: rounds * 120_000 + 60_000,
}, async ({ skip }) => {
  if (obstacle !== undefined) skip(obstacle);
  const [near, far] = await Promise.all([watch(browsers[1]), watch(browsers[0])]);
  const freezesMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    network.setLine(slowLineBps);
    const downMs = await far.sees((height) => height < 720, 'a lower layer, and that for long');
    const freezeDownMs = Math.round(await far.longestGap());
    network.setLine(openLineBps);
    const upMs = await far.sees((height) => height === 720, 'the highest layer again, and that for long');
    const freezeUpMs = Math.round(await far.longestGap());
    freezesMs.push(freezeDownMs, freezeUpMs);
    console.log(`down after ${downMs} ms, up after ${upMs} ms; longest freezes ${freezeDownMs} and ${freezeUpMs} ms`);
  }
  const freezeBesideMs = await near.longestGap();
  console.log(`longest freeze of the viewer beside it: ${Math.round(freezeBesideMs)} ms`);
  expect(await near.video()).toMatchObject({ packetsLost: 0, frameHeight: 720 });
  if (measuredRounds === undefined) return;
  expect(Math.max(...freezesMs, freezeBesideMs)).toBeLessThan(1000);
});
