import { setTimeout as delay } from 'node:timers/promises';
import type { RoomInfo } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RtcPage } from '../browser/rtc-page.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { Network, networkObstacle } from './network.ts';

// A real browser sends AV1 in layers within one stream; the line of one viewer carries a part of them.

const openLineBps = 10e6;
/** Carries the audio and the lowest spatial layer, or half of the frames. */
const slowLineBps = 250_000;
const video = { width: 640, height: 360, frameRate: 30 };
/** Some seconds. */
const frameCount = 60;
const name = 'peer';

let network: Network;
let server: MediaServerProcess;
let near: Browser;
let far: Browser;
const obstacle = networkObstacle();

beforeAll(async () => {
  if (obstacle !== undefined) return;
  network = new Network();
  const settings = {
    'server.host': network.serverAddress,
    'video.codec': 'AV1',
    'video.target_bitrate_kbps': '1000',
    'audio.bitrate_kbps': '24',
  };
  server = await MediaServerProcess.start(settings, network.serverNamespace);
  [near, far] = await Promise.all([
    // Not a loopback address, so it would get no camera.
    launchChromium([`--unsafely-treat-insecure-origin-as-secure=${server.url}`]),
    launchChromium([], network.viewerNamespace),
  ]);
});

afterAll(async () => {
  for (const browser of [near, far]) await browser?.close();
  await server?.stop();
  network?.remove();
});

class Viewer {
  readonly #page: RtcPage;

  private constructor(page: RtcPage) {
    this.#page = page;
  }

  static async join(browser: Browser, room: string, descriptors: boolean): Promise<Viewer> {
    const page = await RtcPage.open(browser, server.url);
    await page.call('watch', { name, url: `${server.url}/whep/${room}`, descriptors });
    return new Viewer(page);
  }

  async video() {
    const { videoIn } = await this.#page.stats(name);
    return { framesDecoded: 0, frameHeight: 0, packetsLost: 0, ...videoIn };
  }

  /** Resolves once so many frames in a row were of this height. */
  async sees(height: number, what: string): Promise<void> {
    let since: number | undefined;
    const frames = async () => {
      const { frameHeight, framesDecoded } = await this.video();
      if (frameHeight !== height) since = undefined;
      else since ??= framesDecoded;
      return since === undefined ? 0 : framesDecoded - since;
    };
    await eventually(frames, (count) => count >= frameCount, what);
  }

  /** Until then no frame is of another height, and no packet is lost. */
  async keeps(height: number, until: Promise<void>): Promise<void> {
    let isOver = false;
    const over = until.finally(() => {
      isOver = true;
    });
    const { framesDecoded } = await this.video();
    while (!isOver) {
      expect(await this.video()).toMatchObject({ frameHeight: height, packetsLost: 0 });
      await delay(100);
    }
    await over;
    await eventually(
      () => this.video(),
      (now) => now.framesDecoded > framesDecoded + frameCount,
      'the picture to have moved on',
    );
  }

  close(): Promise<void> {
    return this.#page.page.close();
  }
}

async function publish(scalabilityMode: string): Promise<RtcPage> {
  network.setLine(openLineBps);
  const host = await RtcPage.open(near, server.url);
  await host.call('publish', {
    name,
    url: `${server.url}/whip/${scalabilityMode}`,
    codec: 'AV1',
    scalabilityMode,
    video,
  });
  await eventually(
    () => server.json<RoomInfo>(`/rooms/${scalabilityMode}`),
    (room) => room.has_host,
    'the host to be live',
  );
  return host;
}

/** `make bottleneck` tries the other form of them as well. */
const spatialModes = process.env.BOTTLENECK_ROUNDS === undefined ? ['L3T3'] : ['L3T3', 'L3T3_KEY'];

it.for(spatialModes)(
  '%s: a viewer on a slow line gets a lower spatial layer, others keep theirs',
  {
    timeout: 240_000,
  },
  async (scalabilityMode, { skip }) => {
    if (obstacle !== undefined) skip(obstacle);
    const host = await publish(scalabilityMode);
    const viewers = await Promise.all([
      Viewer.join(near, scalabilityMode, true),
      Viewer.join(far, scalabilityMode, true),
      Viewer.join(near, scalabilityMode, false),
    ]);
    const [beside, slow, plain] = viewers;
    await Promise.all([
      beside.sees(360, 'all layers'),
      slow.sees(360, 'all layers on the line that is to get slow'),
      plain.sees(180, 'the lowest spatial layer, without descriptors'),
    ]);
    network.setLine(slowLineBps);
    await beside.keeps(360, slow.sees(180, 'the lower spatial layer'));
    network.setLine(openLineBps);
    await slow.sees(360, 'all layers again');
    for (const viewer of viewers) await viewer.close();
    await host.page.close();
  },
);

it('L1T3: a viewer on a slow line gets fewer frames of the same size', { timeout: 240_000 }, async ({ skip }) => {
  if (obstacle !== undefined) skip(obstacle);
  const host = await publish('L1T3');
  const [beside, slow] = await Promise.all([Viewer.join(near, 'L1T3', false), Viewer.join(far, 'L1T3', false)]);
  await Promise.all([beside, slow].map((viewer) => viewer.sees(360, 'the picture')));
  network.setLine(slowLineBps);
  /** Frames that the slow one decodes for each of the other's, over some seconds. */
  const share = async () => {
    const before = [await beside.video(), await slow.video()];
    await beside.sees(360, 'frames beside it');
    const after = [await beside.video(), await slow.video()];
    const [all = 0, some = 0] = after.map(
      ({ framesDecoded }, index) => framesDecoded - (before[index]?.framesDecoded ?? 0),
    );
    return some / all;
  };
  await eventually(share, (ratio) => ratio > 0.2 && ratio < 0.75, 'a part of the frames');
  expect(await beside.video()).toMatchObject({ frameHeight: 360, packetsLost: 0 });
  expect(await slow.video()).toMatchObject({ frameHeight: 360 });
  network.setLine(openLineBps);
  await eventually(share, (ratio) => ratio > 0.9, 'all frames again');
  await beside.close();
  await slow.close();
  await host.page.close();
});
