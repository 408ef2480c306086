import type { RoomInfo } from '@bitbasel/protocol';
import type { Browser as Chromium } from 'playwright-core';
import type { Browser as Firefox, Page as FirefoxPage } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { BrowserTab } from '../support/browser-tab.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { launchFirefox, seeLoopback } from '../support/firefox.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { RtcPage } from './rtc-page.ts';
import { SdkPage } from './sdk-page.ts';

// Real Firefox and real Chromium, each as host of the other: by the SDK, by plain WHIP and WHEP, and by the watch page.

/** Small pictures: two encoders and two decoders share the machine with the server. */
const camera = { width: 320, height: 180, frameRate: 15 };

let server: MediaServerProcess;
let chromium: Chromium;
let firefox: Firefox;

beforeAll(async () => {
  // Firefox's sender finds out slowly what its line carries: with so little, all of its layers fit soon.
  [server, chromium, firefox] = await Promise.all([
    MediaServerProcess.start({ 'video.target_bitrate_kbps': '400' }),
    launchChromium(),
    launchFirefox(),
  ]);
});

afterAll(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  expect(server?.errors).toEqual([]);
  await server?.stop();
});

async function openFirefox(origin = server.url): Promise<SdkPage<FirefoxPage>> {
  const page = await SdkPage.open(firefox, origin);
  await seeLoopback(page.page);
  return page;
}

const open: Readonly<Record<string, () => Promise<SdkPage<BrowserTab>>>> = {
  Firefox: openFirefox,
  Chromium: () => SdkPage.open(chromium, server.url),
};

async function openIn(browser: string): Promise<SdkPage<BrowserTab>> {
  const page = await open[browser]?.();
  if (page === undefined) throw new Error(`no browser ${browser}`);
  return page;
}

const goesOn = (viewer: SdkPage<BrowserTab>, from: number, what: string) =>
  eventually(
    () => viewer.frames(),
    (frames) => frames > from + 15,
    what,
  );

const hasHost = (room: string) =>
  eventually(
    () => server.json<RoomInfo>(`/rooms/${room}`),
    (info) => info.has_host,
    'the host to be live',
  );

describe.each([
  ['Firefox', 'Chromium'],
  ['Chromium', 'Firefox'],
])('a host in %s, watched in %s', (hostBrowser, viewerBrowser) => {
  const room = `from-${hostBrowser}`;
  let host: SdkPage<BrowserTab>;
  let viewer: SdkPage<BrowserTab>;

  beforeAll(async () => {
    host = await openIn(hostBrowser);
    await host.publish(room, camera, { chat: true, name: 'Host' });
    viewer = await openIn(viewerBrowser);
    await viewer.watch(room, { chat: true, name: 'Viewer' });
  });

  afterAll(async () => {
    await host.page.close();
    await viewer.page.close();
  });

  it('is seen and heard', async () => {
    await goesOn(viewer, 0, 'a picture');
    const sound = () => viewer.evaluate<number>('sdk.viewer.stats().then(({ totalAudioEnergy }) => totalAudioEnergy)');
    await eventually(sound, (energy) => energy > 0.001, 'sound');
    expect(await viewer.evaluate('[sdk.video.paused, sdk.video.muted, sdk.viewer.state]')).toEqual([
      false,
      false,
      'live',
    ]);
  });

  it('has figures for the viewer', async () => {
    const positive = expect.toSatisfy((value: number) => value > 0);
    const all = {
      ...{ state: 'live', codec: 'VP8', width: 320, height: 180, framesPerSecond: positive, framesDecoded: positive },
      ...{ keyFramesDecoded: positive, framesDropped: expect.any(Number), freezeCount: expect.any(Number) },
      ...{ freezeDurationMs: expect.any(Number), bitrateBps: positive, bytesReceived: positive },
      ...{ packetsReceived: positive, packetsLost: 0, audioLevel: expect.any(Number), totalAudioEnergy: positive },
      ...{ jitterBufferMs: positive, roundTripMs: expect.any(Number), delayMs: expect.any(Number) },
    };
    const stats = await eventually(
      () => viewer.evaluate<{ delayMs: number | null }>('sdk.viewer.stats()'),
      (now) => {
        try {
          expect(now).toEqual(all);
          return true;
        } catch {
          return false;
        }
      },
      'all of them',
    );
    // Whatever the machine is doing: it is neither before its time nor minutes late.
    expect(Math.abs(stats.delayMs ?? Number.NaN)).toBeLessThan(60_000);
  });

  it('has figures for the host', async () => {
    const inFirefox = hostBrowser === 'Firefox';
    const stats = await eventually(
      () =>
        host.evaluate<{ bitrateBps: number; roundTripMs: number | null; framesPerSecond: number }>('sdk.host.stats()'),
      (now) => now.bitrateBps > 0 && now.roundTripMs !== null && now.framesPerSecond > 0,
      'bitrate and round trip',
    );
    expect(stats).toMatchObject({
      ...{ state: 'live', codec: 'VP8', width: 320, height: 180, packetsLost: 0 },
      keyFramesEncoded: inFirefox ? null : expect.any(Number),
      qualityLimitation: inFirefox ? null : expect.any(String),
    });
    for (const name of ['framesEncoded', 'bytesSent', 'packetsSent', 'retransmittedPacketsSent'])
      expect(stats).toHaveProperty(name, expect.any(Number));
    expect(stats).toHaveProperty('layers', [expect.objectContaining({ width: 320, height: 180 })]);
  });

  it('chats, both ways', async () => {
    for (const [page, who] of [
      [host, 'host'],
      [viewer, 'viewer'],
    ] as const)
      await page.evaluate(`{ sdk.said = []; sdk.${who}.chat.on('chat', ({ text }) => sdk.said.push(text)); }`);
    await host.evaluate("sdk.host.chat.send('Welcome!')");
    await viewer.evaluate("sdk.viewer.chat.send('Hello ❤️')");
    for (const page of [host, viewer])
      await eventually(
        () => page.evaluate<string[]>('sdk.said'),
        (said) => said.join() === 'Welcome!,Hello ❤️',
        'both messages',
      );
  });

  it('shows something else, in another size, over the same connections', async () => {
    await host.evaluate("sdk.host.setVideo(sdk.canvasTrack('rgb(255, 0, 0)'))");
    await eventually(
      () => viewer.evaluate<number[]>('[sdk.video.videoWidth, sdk.video.videoHeight, ...sdk.seen()]'),
      ([width, height, red = 0, green = 0]) => width === 640 && height === 360 && red > 200 && green < 60,
      'red in 640 x 360',
    );
    await host.evaluate("sdk.host.setMuted('video', true)");
    await eventually(
      () => viewer.evaluate<number[]>('sdk.seen()'),
      (colour) => colour.every((value) => value < 30),
      'black of a picture that is muted',
    );
    expect(await host.evaluate('sdk.peers')).toBe(1);
    expect(await viewer.evaluate('sdk.peers')).toBe(1);
  });
});

it('a viewer in Firefox is sent sound alone while its page is hidden', async () => {
  const host = await SdkPage.open(chromium, server.url);
  await host.publish('hidden', camera);
  const viewer = await openFirefox();
  await viewer.watch('hidden');
  await goesOn(viewer, 0, 'a picture');
  const paused = () => viewer.evaluate<boolean | null>('sdk.viewer.layer?.paused ?? null');
  const other = await firefox.newPage();
  await other.bringToFront();
  await eventually(paused, (now) => now === true, 'the video to be held back');
  await viewer.page.bringToFront();
  await eventually(paused, (now) => now === false, 'the video to go on');
  await goesOn(viewer, await viewer.frames(), 'pictures again');
  await Promise.all([other.close(), viewer.page.close(), host.page.close()]);
});

describe('a host in Firefox that sends three layers', () => {
  let host: SdkPage<FirefoxPage>;

  beforeAll(async () => {
    host = await openFirefox();
    await host.publish('layers', { width: 640, height: 360, frameRate: 15 }, { simulcast: true });
  });

  afterAll(() => host.page.close());

  it.each(['Chromium', 'Firefox'])('has viewers in %s choose among them', async (browser) => {
    const viewer = await openIn(browser);
    await viewer.watch('layers', { fit: false });
    await eventually(
      () => viewer.evaluate<{ id: string; label: string }[]>('sdk.viewer.qualities'),
      // Firefox holds the highest back while its line or the processor is short of it.
      (qualities) => /h 180p,q 90p$/.test(qualities.map(({ id, label }) => `${id} ${label}`).join()),
      'layers',
    );
    for (const [id, height] of [
      ['q', 90],
      ['h', 180],
    ] as const) {
      await viewer.evaluate(`sdk.viewer.setQuality('${id}')`);
      await eventually(
        () => viewer.evaluate<number>('sdk.viewer.stats().then(({ height }) => height)'),
        (now) => now === height,
        `pictures of ${height} lines`,
      );
    }
    await viewer.page.close();
  });
});

it('host and viewer in Firefox come back to a server that was killed', async () => {
  const doomed = await MediaServerProcess.start();
  const host = await openFirefox(doomed.url);
  await host.publish('stage', camera);
  const viewer = await openFirefox(doomed.url);
  // Of two tabs one is hidden.
  await viewer.watch('stage', { fit: false });
  await goesOn(viewer, 0, 'a picture');
  const ports = { 'server.port': String(doomed.port), 'media.port': String(doomed.mediaPort) };
  await doomed.kill();
  const told = async () => [
    ...(await host.told('host', 'reconnecting')),
    ...(await viewer.told('viewer', 'reconnecting')),
  ];
  await eventually(told, (codes) => codes.length >= 2, 'both to miss it');
  const revived = await MediaServerProcess.start(ports);
  onTestFinished(async () => void (await revived.stop()));
  await goesOn(viewer, await viewer.frames(), 'frames to go on');
  await eventually(
    () => viewer.evaluate<string>('[sdk.viewer.state, sdk.viewer.error ?? null, sdk.video.paused].join()'),
    (now) => now === 'live,,false',
    'the viewer to play',
  );
  await Promise.all([host.page.close(), viewer.page.close()]);
});

it('Firefox tells of its devices, and what is wrong with them', async () => {
  const page = await openFirefox();
  await page.evaluate('sdk.module.openCamera().then(() => undefined)');
  const { cameras, microphones } = await page.evaluate<{ cameras: { id: string; label: string }[]; microphones: [] }>(
    'sdk.module.listDevices()',
  );
  expect(cameras[0]).toEqual({ id: expect.stringMatching(/./), label: expect.stringMatching(/./) });
  expect(microphones.length).toBeGreaterThan(0);
  expect(await page.evaluate("sdk.codeOf('openCamera', { cameraId: 'unplugged' })")).toBe('device_unsuitable');
  await page.page.close();
});

describe('plain WHIP and WHEP', () => {
  it('go from Firefox, in three layers, to Chromium, Firefox and the watch page in Firefox', async () => {
    const host = await RtcPage.open(firefox, server.url);
    const video = { width: 640, height: 360, frameRate: 15 };
    const exchange = await host.call('publish', {
      ...{ name: 'host', url: `${server.url}/whip/plain`, rids: ['q', 'h', 'f'], video },
    });
    expect(exchange.status).toBe(201);
    expect(exchange.answer).toMatch(/a=simulcast:recv q;h;f/);
    await hasHost('plain');
    const inFirefox = await RtcPage.open(firefox, server.url);
    await seeLoopback(inFirefox.page);
    const inChromium = await RtcPage.open(chromium, server.url);
    const watches = async (page: RtcPage<BrowserTab>) => {
      await page.call('watch', { name: 'viewer', url: `${server.url}/whep/plain` });
      await eventually(
        () => page.stats('viewer'),
        ({ videoIn, audioIn }) => (videoIn?.framesDecoded ?? 0) > 15 && (audioIn?.totalAudioEnergy ?? 0) > 0.001,
        'picture and sound',
      );
      expect(await page.call('leave', { name: 'viewer' })).toBe(200);
      await page.page.close();
    };
    await Promise.all([watches(inFirefox), watches(inChromium)]);
    const page = await firefox.newPage();
    await page.goto(`${server.url}/watch/plain`);
    await seeLoopback(page);
    await eventually(
      () => page.evaluate("document.querySelector('bitbasel-player').video.currentTime") as Promise<number>,
      (seconds) => seconds > 1,
      'the page to play',
    );
    await page.close();
    await host.page.close();
  });

  it.each(['VP9', 'AV1', 'H264'])('bring %s to Firefox, or say that it cannot decode it', async (codec) => {
    const room = `codec-${codec}`;
    const host = await RtcPage.open(chromium, server.url);
    await host.call('publish', { name: 'host', url: `${server.url}/whip/${room}`, codec, video: camera });
    await hasHost(room);
    const viewer = await RtcPage.open(firefox, server.url);
    await seeLoopback(viewer.page);
    const canDecode = await viewer.page.evaluate(
      `RTCRtpReceiver.getCapabilities('video').codecs.some(({ mimeType }) => mimeType === 'video/${codec}')`,
    );
    const exchange = await viewer.call('watch', { name: 'viewer', url: `${server.url}/whep/${room}` });
    // OpenH264 is fetched from Mozilla by a Firefox that was never run before, and not at all here.
    if (canDecode) {
      await eventually(
        () => viewer.stats('viewer'),
        ({ videoIn }) => (videoIn?.framesDecoded ?? 0) > 15,
        `frames of ${codec}`,
      );
    } else {
      expect(codec).toBe('H264');
      expect(exchange).toMatchObject({ status: 422, problem: { code: 'codec_not_supported' } });
    }
    await Promise.all([viewer.page.close(), host.page.close()]);
  });
});
