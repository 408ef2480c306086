import { type LayerNotice, type RoomQuality, roomQualitySchema } from '@bitbasel/protocol';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CameraFile } from '../support/camera-file.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { RtcPage } from './rtc-page.ts';

// Layers chosen by viewers of a real simulcast host, in real Chromium: over WHEP, and by the watch page with the SDK.

/** Of the watch page's figures, those that are looked at here. */
interface PageStats {
  readonly height: number;
  readonly framesDecoded: number;
  readonly totalAudioEnergy: number;
}

let camera: CameraFile;
let browser: Browser;
let server: MediaServerProcess;
let host: RtcPage;

beforeAll(async () => {
  camera = new CameraFile();
  browser = await launchChromium(camera.chromiumArguments);
  server = await MediaServerProcess.start();
  host = await RtcPage.open(browser, server.url);
  await host.call('publish', { name: 'host', url: `${server.url}/whip/main`, rids: ['q', 'h', 'f'] });
  await eventually(
    () => host.stats('host'),
    ({ videoOut }) => videoOut.length === 3 && videoOut.every((layer) => layer.framesEncoded > 10),
    'three encoded layers',
  );
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  camera?.remove();
});

const quality = () => server.json<RoomQuality>('/rooms/main/quality');
const json = (body: unknown) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

describe('a WHEP viewer', () => {
  let viewer: RtcPage;
  let resource: string;

  const height = (wanted: number) =>
    eventually(
      () => viewer.stats('viewer'),
      ({ videoIn }) => videoIn?.frameHeight === wanted,
      `pictures of ${wanted}`,
    );

  beforeAll(async () => {
    viewer = await RtcPage.open(browser, server.url);
    const exchange = await viewer.call('watch', { name: 'viewer', url: `${server.url}/whep/main` });
    resource = exchange.resource ?? '';
  });

  afterAll(() => viewer.page.close());

  it('is told of the layers, chooses one by its name, and leaves the choice to the server again', async () => {
    await height(720);
    const created = await fetch(`${resource}/sse`, json(['layers', 'layer', 'viewercount']));
    const events = await fetch(created.headers.get('location') ?? '');
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (part: RegExp) => {
      while (!part.test(text)) text += (await reader?.read())?.value ?? '';
    };
    await until(/event: layers\ndata: .*\n\n/);
    const [, layers = '{}'] = /event: layers\ndata: (.*)\n\n/.exec(text) ?? [];
    const [list] = Object.values(JSON.parse(layers) as Record<string, { rid: string }[]>);
    expect(new Set(list?.map(({ rid }) => rid))).toEqual(new Set(['f', 'h', 'q']));

    expect((await fetch(`${resource}/layer`, json({ rid: 'q' }))).status).toBe(200);
    await height(180);
    await until(/event: layer\ndata: .*"rid":"q".*"height":180.*"reason":"wish"/);
    expect((await fetch(`${resource}/layer`, json({ encodingId: 'h' }))).status).toBe(200);
    await height(360);
    expect((await fetch(`${resource}/layer`, json({ rid: 'x' }))).status).toBe(409);
    expect((await fetch(`${resource}/layer`, json({}))).status).toBe(200);
    await height(720);
    await until(/event: layer\ndata: .*"rid":"f".*"reason":"best"/);
    await reader?.cancel();
  });

  it('is shown in the quality of its room, and so is the host, round trip and all', async () => {
    expect((await fetch(`${resource}/report`, json({ first_frame_ms: 300, freeze_count: 0 }))).status).toBe(204);
    const known = (shown: RoomQuality) =>
      shown.hosts[0]?.round_trip_ms != null &&
      shown.viewers[0]?.round_trip_ms != null &&
      shown.viewers[0].tracks.every(({ loss }) => loss !== null);
    const shown = await eventually(quality, known, 'reports of host and viewer');
    expect(roomQualitySchema.parse(shown)).toEqual(shown);
    expect(shown.hosts[0]?.round_trip_ms).toBeLessThan(1000);
    const live = shown.hosts[0]?.layers.filter(({ kind, live }) => kind === 'video' && live) ?? [];
    expect(live.map(({ rid, height }) => `${rid} ${height}`)).toEqual(['q 180', 'h 360', 'f 720']);
    const video = shown.viewers[0]?.tracks.find(({ kind }) => kind === 'video');
    expect(video).toMatchObject({ codec: 'VP8', rid: 'f', height: 720, paused: false, starved: false });
    expect(video?.bitrate_bps).toBeGreaterThan(100_000);
    expect(shown.summary.first_frame_ms.p50).toBe(300);
    expect(JSON.stringify(shown)).not.toContain(resource.split('/').at(-1));
  });
});

describe('the watch page', () => {
  let page: Page;

  /** As text: tests are not checked against the types of browsers. */
  const stats = () => page.evaluate<PageStats>('window.bitbasel.stats()');
  const layer = () => page.evaluate<LayerNotice | undefined>('window.bitbasel.session.layer');
  const resize = (width: number, height: number) =>
    page.evaluate(`Object.assign(document.querySelector('bitbasel-player').video.style, {
      width: '${width}px', height: '${height}px', maxWidth: 'none', maxHeight: 'none', minWidth: '0', minHeight: '0',
    })`);

  beforeAll(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(`${server.url}/watch/main`);
  });

  afterAll(() => page.close());

  it('is sent no larger picture than it shows', async () => {
    await resize(300, 168);
    await eventually(stats, ({ height }) => height === 180, 'a small picture in a small element');
    // At first it may have that picture for another reason: its line is not measured yet.
    const told = await eventually(layer, (now) => now?.reason === 'wish', 'the page to be told of it');
    expect(told).toMatchObject({ rid: 'q', height: 180, paused: false });
    await resize(1200, 675);
    await eventually(stats, ({ height }) => height === 720, 'a large picture in a large element');
  });

  it('reports its first picture by itself', async () => {
    const reported = (shown: RoomQuality) => shown.viewers.some(({ player }) => (player?.frames_decoded ?? 0) > 0);
    const shown = await eventually(quality, reported, 'a report');
    const player = shown.viewers.find(({ kind }) => kind === 'websocket')?.player;
    expect(player?.first_frame_ms).toBeGreaterThan(0);
  });

  it('is sent sound alone while it is hidden, and the picture again after', async () => {
    // Headless tabs are always visible: the page is told otherwise.
    const setHidden = (hidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await setHidden(true);
    await eventually(layer, (now) => now?.paused === true && now.reason === 'wish', 'the picture to be held back');
    const before = await stats();
    const quiet = await eventually(
      stats,
      ({ totalAudioEnergy }) => totalAudioEnergy > before.totalAudioEnergy + 0.001,
      'sound to go on',
    );
    const viewer = (await quality()).viewers.find(({ kind }) => kind === 'websocket');
    expect(viewer?.tracks.find(({ kind }) => kind === 'video')?.paused).toBe(true);
    const sent = viewer?.tracks.find(({ kind }) => kind === 'video')?.packets_sent;

    const later = await eventually(
      stats,
      ({ totalAudioEnergy }) => totalAudioEnergy > quiet.totalAudioEnergy + 0.001,
      'more sound',
    );
    const still = (await quality()).viewers.find(({ kind }) => kind === 'websocket');
    expect(still?.tracks.find(({ kind }) => kind === 'video')?.packets_sent).toBe(sent);

    await setHidden(false);
    await eventually(stats, ({ framesDecoded }) => framesDecoded > later.framesDecoded + 30, 'pictures again');
    await eventually(layer, (now) => now?.paused === false, 'the page to be told of it');
  });
});
