import { request } from 'node:https';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RtcPage } from '../browser/rtc-page.ts';
import { SdkPage } from '../browser/sdk-page.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { type ProxyName, ReverseProxy } from '../support/reverse-proxy.ts';

// The real nginx and the real Caddy, as deploy/ configures them, with TLS before a server; real Chromium comes through.

const roomsPerMinute = 4;

describe.each<ProxyName>(['nginx', 'caddy'])('behind %s', (name) => {
  const camera = { width: 320, height: 180, frameRate: 15 };
  let server: MediaServerProcess;
  let proxy: ReverseProxy;
  let browser: Browser;

  beforeAll(async () => {
    server = await MediaServerProcess.start({
      'server.trust_proxy': 'true',
      'rate_limits.rooms_per_minute': String(roomsPerMinute),
    });
    proxy = await ReverseProxy.start(name, `127.0.0.1:${server.port}`);
    browser = await launchChromium(['--ignore-certificate-errors']);
  });

  afterAll(async () => {
    await browser?.close();
    await proxy?.stop();
    await server?.stop();
  });

  it('WHIP and WHEP work, their links carry the public name, and their events come at once', async () => {
    const page = await RtcPage.open(browser, proxy.url);
    const host = await page.call('publish', { name: 'host', url: `${proxy.url}/whip/plain`, video: camera });
    expect(host).toMatchObject({ status: 201 });
    await eventually(
      () => server.json<{ has_host: boolean }>('/rooms/plain'),
      (room) => room.has_host,
      'the host to be live',
    );
    const viewer = await page.call('watch', { name: 'viewer', url: `${proxy.url}/whep/plain` });
    for (const { resource } of [host, viewer]) expect(resource).toMatch(new RegExp(`^${proxy.url}/`));
    await eventually(
      () => page.stats('viewer'),
      ({ videoIn }) => (videoIn?.framesDecoded ?? 0) > 15,
      'a picture',
    );
    const location = await page.page.evaluate<string>(`fetch('${viewer.resource}/sse', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '["viewercount"]',
    }).then(({ headers }) => headers.get('location'))`);
    expect(location).toMatch(new RegExp(`^${proxy.url}/`));
    const told = page.page.evaluate<string>(`new Promise((resolve) => {
      new EventSource('${location}').addEventListener('viewercount', ({ data }) => resolve(data));
    })`);
    expect(JSON.parse(await told)).toEqual({ viewercount: 1 });
    for (const name of ['viewer', 'host']) expect(await page.call('leave', { name })).toBe(200);
    await page.page.close();
  });

  it('the SDK works over its WebSocket', async () => {
    const host = await SdkPage.open(browser, proxy.url);
    await host.publish('sdk', camera);
    const viewer = await SdkPage.open(browser, proxy.url);
    await viewer.watch('sdk');
    await eventually(
      () => viewer.frames(),
      (frames) => frames > 15,
      'a picture',
    );
    await host.page.close();
    await viewer.page.close();
  });

  it('/events tells what happens as it happens', async () => {
    const page = await browser.newPage();
    await page.goto(`${proxy.url}/health`);
    const type = await page.evaluate<string>(`new Promise((resolve) => {
      const source = new EventSource('/events');
      source.addEventListener('room.started', () => resolve('room.started'));
      source.addEventListener('open', () => fetch('/rooms', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"room_id":"told"}',
      }));
    })`);
    expect(type).toBe('room.started');
    await page.close();
  });

  it('clients are counted by their own addresses, whatever they claim', async () => {
    const statuses = async (localAddress: string) => {
      const seen: number[] = [];
      for (let call = 0; call < roomsPerMinute + 1; call += 1)
        seen.push(await createRoom(localAddress, `${localAddress}-${call}`));
      return seen;
    };
    const expected = [...Array(roomsPerMinute).fill(201), 429];
    expect(await statuses('127.0.0.3')).toEqual(expected);
    expect(await statuses('127.0.0.4')).toEqual(expected);
  });

  /** The status of a call from one of loopback's many addresses, which claims to come from elsewhere each time. */
  function createRoom(localAddress: string, roomId: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          ...{ host: '127.0.0.1', servername: 'localhost', port: proxy.port, localAddress, ca: proxy.certificate },
          ...{ method: 'POST', path: '/rooms', agent: false },
          headers: {
            host: `localhost:${proxy.port}`,
            'content-type': 'application/json',
            'x-forwarded-for': `203.0.113.${roomId.length}${roomId.at(-1)}`,
          },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      call.on('error', reject);
      call.end(JSON.stringify({ room_id: roomId }));
    });
  }
});
