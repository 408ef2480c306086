import type { RoomInfo } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CameraFile } from '../support/camera-file.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { SdkPage } from './sdk-page.ts';

// What the browser SDK promises, in real Chromium against a real server.

/** The watch page, as far as it is looked at from within. */
interface AutoplayPage {
  readonly bitbasel?: { readonly session?: { readonly soundBlocked: boolean } };
  readonly document: { querySelector(name: string): { readonly video: { readonly currentTime: number } } };
}

let server: MediaServerProcess;
let browser: Browser;

beforeAll(async () => {
  server = await MediaServerProcess.start();
  // Of Chromium's made-up cameras the second tells depths, which nothing shows.
  browser = await launchChromium(['--use-fake-device-for-media-stream=device-count=3']);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const roomInfo = (room: string) => server.json<RoomInfo>(`/rooms/${room}`);

function goesOn(viewer: SdkPage, from: number, what: string): Promise<number> {
  return eventually(
    () => viewer.frames(),
    (frames) => frames > from + 20,
    what,
  );
}

describe('a host that changes what it sends', () => {
  let host: SdkPage;
  let viewer: SdkPage;

  const sees = (what: string, matches: (colour: number[]) => boolean) =>
    eventually(() => viewer.evaluate<number[]>('sdk.seen()'), matches, `the viewer to see ${what}`);
  const isRed = ([red = 0, green = 0, blue = 0]: number[]) => red > 200 && green < 60 && blue < 60;
  const isBlack = (colour: number[]) => colour.every((value) => value < 30);

  beforeAll(async () => {
    host = await SdkPage.open(browser, server.url);
    await host.publish('switch', { width: 640, height: 360 });
    viewer = await SdkPage.open(browser, server.url);
    await viewer.watch('switch');
    await goesOn(viewer, 0, 'a picture');
  });

  afterAll(async () => {
    await host.page.close();
    await viewer.page.close();
  });

  it('finds its devices, by their labels', async () => {
    const { cameras, microphones } = await host.evaluate<{
      cameras: { id: string; label: string }[];
      microphones: object[];
    }>('sdk.module.listDevices()');
    expect(cameras).toHaveLength(3);
    expect(microphones.length).toBeGreaterThan(0);
    expect(new Set(cameras.map(({ label }) => label)).size).toBe(3);
    expect(cameras.every(({ id, label }) => id !== '' && label !== '')).toBe(true);
  });

  it('takes another camera over the same connection, and its viewers keep theirs', async () => {
    const before = await viewer.frames();
    const labels = await host.evaluate<string[]>(`(async () => {
      const { cameras } = await sdk.module.listDevices();
      const [first] = sdk.host.stream.getVideoTracks();
      const other = cameras.at(-1);
      const stream = await sdk.module.openCamera({ cameraId: other.id, audio: false, width: 640, height: 360 });
      const [second] = stream.getVideoTracks();
      await sdk.host.setVideo(second);
      first.stop();
      return [first.label, second.label, sdk.host.stream.getVideoTracks()[0].label];
    })()`);
    expect(labels[1]).not.toBe(labels[0]);
    expect(labels[2]).toBe(labels[1]);
    await goesOn(viewer, before, 'frames of the other camera');
  });

  it('shares a screen, whose resolution the encoder holds on to, and goes back to what was there', async () => {
    const before = await viewer.frames();
    const preference =
      'sdk.peer.getSenders().find(({ track }) => track.kind === "video").getParameters().degradationPreference';
    const shared = await host.evaluate<unknown[]>(`(async () => {
      const [camera] = sdk.host.stream.getVideoTracks();
      const [screen] = (await sdk.module.openScreen()).getVideoTracks();
      await sdk.host.setVideo(screen);
      sdk.camera = camera;
      return [screen.getSettings().displaySurface, sdk.host.stream.getVideoTracks()[0] === screen, ${preference}];
    })()`);
    expect(shared).toEqual(['monitor', true, 'maintain-resolution']);
    const during = await goesOn(viewer, before, 'frames of the screen');
    expect(await host.evaluate(`sdk.host.setVideo(sdk.camera).then(() => ${preference} ?? null)`)).not.toBe(
      'maintain-resolution',
    );
    await goesOn(viewer, during, 'frames of the camera again');
  });

  it('is muted without a change of connection, also over a change of track', async () => {
    await host.evaluate('sdk.host.setVideo(sdk.canvasTrack("rgb(255, 0, 0)"))');
    await sees('red', isRed);
    await host.evaluate('sdk.host.setMuted("video", true)');
    await sees('black', isBlack);
    await host.evaluate('sdk.host.setVideo(sdk.canvasTrack("rgb(255, 0, 0)"))');
    await goesOn(viewer, await viewer.frames(), 'frames of the other track');
    await sees('black still', isBlack);
    await host.evaluate('sdk.host.setMuted("video", false)');
    await sees('red again', isRed);
    expect(await host.told('host', 'muted')).toEqual([
      { audio: false, video: true },
      { audio: false, video: false },
    ]);
  });

  it('is told when its devices are taken from it, and shows something else then', async () => {
    await host.evaluate('sdk.host.setVideo(sdk.camera)');
    const devTools = await host.page.context().newCDPSession(host.page);
    const { targetInfo } = await devTools.send('Target.getTargetInfo');
    const { browserContextId = '' } = targetInfo;
    // As by the button beside the address.
    const permission = {
      permission: { name: 'camera' },
      setting: 'denied',
      origin: server.url,
      browserContextId,
    } as const;
    await (await browser.newBrowserCDPSession()).send('Browser.setPermission', permission);
    await eventually(
      () => host.told('host', 'source-ended'),
      (ends) => ends.includes('video'),
      'the end to be told',
    );
    expect(await host.evaluate('sdk.host.state')).toBe('live');
    await host.evaluate('sdk.host.setVideo(sdk.canvasTrack("rgb(0, 0, 255)"))');
    await sees('blue', ([red = 0, green = 0, blue = 0]) => blue > 200 && red < 60 && green < 60);
  });

  it('has done all of it over one connection, as its viewer has', async () => {
    expect(await host.evaluate('sdk.peers')).toBe(1);
    expect(await viewer.evaluate('sdk.peers')).toBe(1);
    expect(await host.told('host', 'state')).toEqual(['live']);
    expect(await viewer.told('viewer', 'state')).toEqual(['live']);
  });

  it('connects anew for a kind that it did not begin with, and comes back to its place', async () => {
    const other = await SdkPage.open(browser, server.url);
    await other.evaluate(`(async () => {
      const stream = await sdk.module.openMicrophone();
      sdk.host = sdk.module.publish('sound', stream);
    })()`);
    const publishes = (audio: boolean, video: boolean) => (info: RoomInfo | undefined) =>
      info?.hosts.length === 1 && info.hosts[0]?.audio === audio && info.hosts[0].video === video;
    // Its host makes the room.
    await eventually(() => roomInfo('sound').catch(() => undefined), publishes(true, false), 'sound alone');
    await other.evaluate('sdk.host.setVideo(sdk.canvasTrack("red"))');
    await eventually(() => roomInfo('sound'), publishes(true, true), 'sound and picture');
    expect(await other.evaluate('sdk.peers')).toBe(2);
    await other.page.close();
  });
});

describe('a viewer', () => {
  let camera: CameraFile;
  let simulcast: Browser;
  let host: SdkPage;

  beforeAll(async () => {
    camera = new CameraFile();
    simulcast = await launchChromium(camera.chromiumArguments);
    host = await SdkPage.open(simulcast, server.url);
    await host.publish('main', {}, { degradationPreference: 'maintain-resolution' });
    await eventually(
      () => host.evaluate<number>('sdk.host.stats().then(({ layers }) => layers.length)'),
      (layers) => layers === 3,
      'three layers from a host that was told nothing of them',
    );
  });

  afterAll(async () => {
    await simulcast?.close();
    camera?.remove();
  });

  it('chooses among the qualities that there are, and leaves it to the server again', async () => {
    const viewer = await SdkPage.open(simulcast, server.url);
    await viewer.watch('main', { fit: false });
    const qualities = await eventually(
      () =>
        viewer.evaluate<{ id: string; label: string; height: number | null; bitrateBps: number | null }[]>(
          'sdk.viewer.qualities',
        ),
      ({ length }) => length === 4,
      'auto and three layers',
    );
    expect(qualities.map(({ id, label }) => `${id} ${label}`)).toEqual(['auto Auto', 'f 720p', 'h 360p', 'q 180p']);
    const height = (wanted: number) =>
      eventually(
        () => viewer.evaluate<number>('sdk.viewer.stats().then(({ height }) => height)'),
        (now) => now === wanted,
        `pictures of ${wanted}`,
      );
    await height(720);
    await viewer.evaluate('sdk.viewer.setQuality("q")');
    await height(180);
    await eventually(
      () => viewer.evaluate<{ rid: string; reason: string } | undefined>('sdk.viewer.layer'),
      (layer) => layer?.rid === 'q' && layer.reason === 'wish',
      'the layer to be told',
    );
    await viewer.evaluate('sdk.viewer.setQuality("auto")');
    await height(720);
    expect(await viewer.told('viewer', 'quality')).toEqual(['q', 'auto']);
    await viewer.page.close();
  });

  it('plays without sound where the browser wants a gesture first, and with it after one', async () => {
    const strict = await launchChromium(['--autoplay-policy=document-user-activation-required']);
    const page = await strict.newPage();
    // Whatever the test evaluates counts as a gesture: the page has to tell by itself.
    await page.addInitScript(() => {
      setInterval(() => {
        const { bitbasel, document } = globalThis as unknown as AutoplayPage;
        if (bitbasel?.session?.soundBlocked && document.querySelector('bitbasel-player').video.currentTime > 0.5)
          console.log('blocked');
      }, 100);
    });
    const blocked = page.waitForEvent('console', { predicate: (message) => message.text() === 'blocked' });
    await page.goto(`${server.url}/watch/main`);
    await blocked;
    const sound = () =>
      page.evaluate<boolean[]>(`(({ session }, { muted, paused }) => [session.soundBlocked, muted, paused])(
        bitbasel, document.querySelector('bitbasel-player').video)`);
    expect(await sound()).toEqual([true, true, false]);
    // By the keyboard, which then goes on from the button beside it.
    await page.getByRole('button', { name: 'Tap to unmute' }).press('Enter');
    await eventually(sound, (now) => now.every((value) => !value), 'sound');
    expect(await page.getByRole('button', { name: 'Tap to unmute' }).isVisible()).toBe(false);
    expect(await page.evaluate("document.querySelector('bitbasel-player').shadowRoot.activeElement.ariaLabel")).toBe(
      'Mute',
    );
    await strict.close();
  });

  it.each([
    ['before it connects', ''],
    ['while it connects', 'await new Promise((done) => setTimeout(done))'],
    ['while it is live', 'await new Promise((done) => sdk.viewer.on("live", done))'],
  ])('is gone for good when it is aborted %s', async (_, until) => {
    const viewer = await SdkPage.open(simulcast, server.url);
    const sockets: string[] = [];
    viewer.page.on('websocket', (socket) => sockets.push(socket.url()));
    const state = await viewer.evaluate<string>(`(async () => {
      const controller = new AbortController();
      ${until === '' ? 'controller.abort();' : ''}
      const video = document.createElement('video');
      sdk.viewer = sdk.module.watch('main', video, { signal: controller.signal });
      ${until};
      controller.abort();
      sdk.viewer.close();
      return [sdk.viewer.state, video.srcObject].join();
    })()`);
    expect(state).toBe('closed,');
    await eventually(
      () => roomInfo('main'),
      ({ viewer_count }) => viewer_count === 0,
      'the server to count nobody',
    );
    expect(sockets.length).toBe(until === '' ? 0 : 1);
    await viewer.page.close();
  });
});

describe('devices', () => {
  const foreign = ['--host-resolver-rules=MAP media.example 127.0.0.1'];
  /** By their flags. */
  const browsers = new Map<string, Promise<Browser>>();

  function launched(flags: readonly string[]): Promise<Browser> {
    const chromium = browsers.get(flags.join()) ?? launchChromium(flags);
    browsers.set(flags.join(), chromium);
    return chromium;
  }

  afterAll(async () => {
    for (const chromium of browsers.values()) await (await chromium).close();
  });

  it.each([
    ['permission_denied', 'openCamera', ['--use-fake-ui-for-media-stream=deny']],
    ['permission_denied', 'openMicrophone', ['--use-fake-ui-for-media-stream=deny']],
    ['device_not_found', 'openCamera', ['--use-fake-device-for-media-stream=device-count=0']],
    ['insecure_context', 'openCamera', foreign],
    ['insecure_context', 'openScreen', foreign],
    ['device_unsuitable', 'openCamera', foreign, { cameraId: 'unplugged' }],
  ])('end with %s at %s, with advice', async (code, name, flags, ...args) => {
    const origin = code === 'insecure_context' ? `http://media.example:${server.port}` : server.url;
    const page = await SdkPage.open(await launched(flags), origin);
    expect(await page.evaluate(`sdk.codeOf('${name}', ...${JSON.stringify(args)})`)).toBe(code);
    await page.page.close();
  });
});

it('host and viewer come back to a server that was killed, and say so on the way', async () => {
  const doomed = await MediaServerProcess.start();
  const host = await SdkPage.open(browser, doomed.url);
  await host.publish('stage');
  const viewer = await SdkPage.open(browser, doomed.url);
  await viewer.watch('stage');
  await goesOn(viewer, 0, 'a picture');
  const ports = { 'server.port': String(doomed.port), 'media.port': String(doomed.mediaPort) };
  await doomed.kill();
  const told = async () => [
    ...(await host.told('host', 'reconnecting')),
    ...(await viewer.told('viewer', 'reconnecting')),
  ];
  await eventually(told, (codes) => codes.length === 2, 'both to miss it');
  expect(await told()).toEqual(['signaling_lost', 'signaling_lost']);
  const revived = await MediaServerProcess.start(ports);
  await goesOn(viewer, await viewer.frames(), 'frames to go on');
  expect((await viewer.told('viewer', 'state')).at(-1)).toBe('live');
  expect(await viewer.evaluate('[sdk.viewer.state, sdk.viewer.error ?? null, sdk.video.paused].join()')).toBe(
    'live,,false',
  );
  await host.page.close();
  await viewer.page.close();
  await revived.stop();
});
