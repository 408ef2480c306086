import type { RoomInfo, ServerStats } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CameraFile } from '../support/camera-file.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { RtcPage } from './rtc-page.ts';

// A plain WHIP host and plain WHEP viewers in real Chromium, without the project's SDK.

let camera: CameraFile;
let browser: Browser;
let server: MediaServerProcess;

beforeAll(async () => {
  camera = new CameraFile();
  browser = await launchChromium(camera.chromiumArguments);
  server = await MediaServerProcess.start();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  camera?.remove();
});

const open = () => RtcPage.open(browser, server.url);
const whip = (room: string) => `${server.url}/whip/${room}`;
const whep = (room: string) => `${server.url}/whep/${room}`;
const room = (id: string) => server.json<RoomInfo>(`/rooms/${id}`);
const decoded = async (page: RtcPage, name: string) => (await page.stats(name)).videoIn?.framesDecoded ?? 0;

describe('a host and two viewers', () => {
  let host: RtcPage;
  let viewers: RtcPage;
  let joinedAt: ServerStats;

  beforeAll(async () => {
    joinedAt = await server.json<ServerStats>('/stats');
    host = await open();
    viewers = await open();
    expect(await host.call('publish', { name: 'host', url: whip('main') })).toMatchObject({ status: 201 });
    await eventually(
      () => room('main'),
      (info) => info.has_host,
      'the host to be live',
    );
    for (const name of ['a', 'b']) {
      expect(await viewers.call('watch', { name, url: whep('main') })).toMatchObject({ status: 201 });
    }
  });

  afterAll(async () => {
    await host.page.close();
    await viewers.page.close();
  });

  it.each(['a', 'b'])('shows viewer %s moving pictures at the resolution of the camera', async (name) => {
    const stats = await eventually(
      () => viewers.stats(name),
      ({ videoIn }) => (videoIn?.framesDecoded ?? 0) > 60 && videoIn?.frameHeight === 720,
      '60 frames of 720p',
    );
    expect(stats.videoCodec).toBe('video/VP8');
    expect(stats.videoIn).toMatchObject({ frameWidth: 1280, frameHeight: 720 });
  });

  it.each(['a', 'b'])('lets viewer %s hear it', async (name) => {
    await eventually(
      () => viewers.stats(name),
      ({ audioIn }) => (audioIn?.totalAudioEnergy ?? 0) > 0.001,
      'audio',
    );
  });

  it('counts them', async () => {
    expect(
      await eventually(
        () => room('main'),
        (info) => info.viewer_count === 2,
        'two viewers',
      ),
    ).toMatchObject({
      is_active: true,
      has_host: true,
    });
    expect(await server.json('/stats')).toMatchObject({
      active_rooms: 1,
      total_peers: 3,
      total_viewers: 2,
      total_hosts: 1,
    });
  });

  it('lets the host reach at least 80% of the target bitrate, in 720p at 30 frames a second', async () => {
    const target = (await room('main')).media.video.target_bitrate_kbps * 1000;
    const measure = async () => {
      const before = (await host.stats('host')).videoOut[0];
      await host.page.waitForTimeout(3000);
      const after = (await host.stats('host')).videoOut[0];
      if (before === undefined || after === undefined) throw new Error('the host sends no video');
      const seconds = (after.timestamp - before.timestamp) / 1000;
      return {
        bitrateBps: (8 * (after.bytesSent - before.bytesSent)) / seconds,
        framesPerSecond: (after.framesEncoded - before.framesEncoded) / seconds,
        height: after.frameHeight,
      };
    };
    const enough = await eventually(measure, ({ bitrateBps }) => bitrateBps >= 0.8 * target, '80% of the target');
    expect(enough.height).toBe(720);
    // It is a limit as well: the encoder's own overshoot is a few percent.
    expect(enough.bitrateBps).toBeLessThan(1.25 * target);
  });

  it('counts the bytes on the wire as the browsers do', async () => {
    const browsers = async () => {
      const all = [await host.stats('host'), await viewers.stats('a'), await viewers.stats('b')];
      return {
        received: all.reduce((sum, { transport }) => sum + transport.bytesReceived, 0),
        sent: all.reduce((sum, { transport }) => sum + transport.bytesSent, 0),
      };
    };
    const before = { browsers: await browsers(), server: await server.json<ServerStats>('/stats') };
    await viewers.page.waitForTimeout(5000);
    const after = { browsers: await browsers(), server: await server.json<ServerStats>('/stats') };
    const sent = after.server.total_bytes_sent - before.server.total_bytes_sent;
    const received = after.server.total_bytes_received - before.server.total_bytes_received;
    expect(sent).toBeGreaterThan(1_000_000);
    const sentByBrowsers = after.browsers.sent - before.browsers.sent;
    const receivedByBrowsers = after.browsers.received - before.browsers.received;
    expect(Math.abs(sent / receivedByBrowsers - 1)).toBeLessThan(0.03);
    expect(Math.abs(received / sentByBrowsers - 1)).toBeLessThan(0.03);
    expect(joinedAt.total_bytes_sent).toBeLessThan(before.server.total_bytes_sent);
  });

  it('counts a viewer out as it leaves, and only once', async () => {
    expect(await viewers.call('leave', { name: 'b' })).toBe(200);
    expect((await room('main')).viewer_count).toBe(1);
  });

  it('waits when the host leaves, refuses new viewers meanwhile, and goes on with the same viewer when it is back', async () => {
    expect(await host.call('leave', { name: 'host' })).toBe(200);
    expect(await room('main')).toMatchObject({ is_active: false, has_host: false, viewer_count: 1 });
    expect(await viewers.call('watch', { name: 'early', url: whep('main') })).toMatchObject({
      status: 409,
      problem: { code: 'not_live' },
    });
    const frames = await decoded(viewers, 'a');
    await host.call('publish', { name: 'host', url: whip('main') });
    await eventually(
      () => decoded(viewers, 'a'),
      (now) => now > frames + 30,
      'frames of the host that came back',
    );
    expect(await viewers.call('state', { name: 'a' })).toBe('connected');
  });
});

it('host and viewer of a room that is stopped are told so by DTLS, and need not wait for checks to fail', async () => {
  const page = await open();
  const video = { width: 320, height: 180 };
  expect(await page.call('publish', { name: 'host', url: whip('stopped'), video })).toMatchObject({ status: 201 });
  await eventually(
    () => room('stopped'),
    (info) => info.has_host,
    'the host to be live',
  );
  expect(await page.call('watch', { name: 'viewer', url: whep('stopped') })).toMatchObject({ status: 201 });
  const states = () =>
    Promise.all(['host', 'viewer'].map(async (name) => (await page.stats(name)).transport.dtlsState));
  await eventually(states, (found) => found.every((state) => state === 'connected'), 'both connections');
  expect((await fetch(`${server.url}/room/stopped/stop`, { method: 'POST' })).status).toBe(200);
  // Without a goodbye ICE fails in the end, and DTLS stays connected.
  await eventually(states, (found) => found.every((state) => state === 'closed'), 'the goodbyes');
  await page.page.close();
});

describe('beside tabs that are killed', () => {
  /** A room with a host and a viewer, each in a tab of its own. */
  async function stage(id: string): Promise<{ host: RtcPage; viewer: RtcPage }> {
    const host = await open();
    const viewer = await open();
    await host.call('publish', { name: 'host', url: whip(id), video: { width: 320, height: 180 } });
    await eventually(
      () => room(id),
      (info) => info.has_host,
      'the host to be live',
    );
    await viewer.call('watch', { name: 'viewer', url: whep(id) });
    await eventually(
      () => room(id),
      (info) => info.viewer_count === 1,
      'the viewer to be counted',
    );
    return { host, viewer };
  }

  // It takes a while until they are missed: meanwhile other hosts are looked at.
  beforeAll(async () => {
    const [left, deserted] = [await stage('left'), await stage('deserted')];
    await left.viewer.crash();
    await deserted.host.crash();
  });

  describe.each(['H264', 'VP9', 'AV1'])('a host of %s', (codec) => {
    it('is seen by viewers who can decode it, and others are told', async () => {
      const id = `codec-${codec}`;
      const page = await open();
      expect(
        await page.call('publish', { name: 'host', url: whip(id), codec, video: { width: 640, height: 360 } }),
      ).toMatchObject({
        status: 201,
      });
      await eventually(
        () => room(id),
        (info) => info.has_host,
        'the host to be live',
      );
      await page.call('watch', { name: 'viewer', url: whep(id) });
      const stats = await eventually(
        () => page.stats('viewer'),
        ({ videoIn }) => (videoIn?.framesDecoded ?? 0) > 30,
        `30 frames of ${codec}`,
      );
      expect(stats.videoCodec).toBe(`video/${codec}`);
      const refused = await page.call('watch', { name: 'cannot', url: whep(id), codec: 'VP8' });
      expect(refused).toMatchObject({ status: 422, problem: { code: 'codec_not_supported' } });
      expect(refused.problem?.detail).toContain(codec);
      await page.page.close();
    });
  });

  describe('a simulcast host', () => {
    it('sends three layers, and viewers get the highest', async () => {
      const page = await open();
      const exchange = await page.call('publish', { name: 'host', url: whip('layers'), rids: ['q', 'h', 'f'] });
      expect(exchange.status).toBe(201);
      expect(exchange.answer).toMatch(/a=simulcast:recv q;h;f/);
      await eventually(
        () => room('layers'),
        (info) => info.has_host,
        'the host to be live',
      );
      await page.call('watch', { name: 'viewer', url: whep('layers') });
      await eventually(
        () => page.stats('host'),
        ({ videoOut }) => videoOut.length === 3 && videoOut.every((layer) => layer.framesEncoded > 10),
        'three encoded layers',
      );
      await eventually(
        () => page.stats('viewer'),
        ({ videoIn }) => (videoIn?.framesDecoded ?? 0) > 30 && videoIn?.frameHeight === 720,
        'the highest layer at the viewer',
      );
      await page.page.close();
    });
  });

  it('no viewer and no host of theirs is left behind', async () => {
    await eventually(
      () => room('left'),
      (info) => info.viewer_count === 0,
      'the killed viewer to be gone',
    );
    expect((await room('left')).has_host).toBe(true);
    await eventually(
      () => room('deserted'),
      (info) => !info.has_host && !info.is_active,
      'the killed host to be gone',
    );
    expect((await room('deserted')).viewer_count).toBe(1);
  });
});
