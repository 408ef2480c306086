import type { IceServer } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import type { Browser as Firefox, Page as FirefoxPage } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { turnCredential } from '../../packages/server/src/rooms/ice-servers.ts';
import { RtcPage } from '../browser/rtc-page.ts';
import { launchChromium } from '../support/chromium.ts';
import { Coturn, turnSecret } from '../support/coturn.ts';
import { eventually } from '../support/eventually.ts';
import { launchFirefox, seeLoopback } from '../support/firefox.ts';
import { MediaServerProcess } from '../support/media-server.ts';

// Real Chromium and Firefox that may use relayed candidates alone, a real coturn, and credentials of this server's making.

let coturn: Coturn;
let server: MediaServerProcess;
let browser: Browser;
let page: RtcPage;
let firefox: Firefox | undefined;

beforeAll(async () => {
  coturn = await Coturn.start();
  server = await MediaServerProcess.start({
    'turn.urls': JSON.stringify([coturn.url('udp'), coturn.url('tcp')]),
    'turn.secret': turnSecret,
  });
  browser = await launchChromium();
  page = await RtcPage.open(browser, server.url);
});

afterAll(async () => {
  await Promise.all([browser?.close(), firefox?.close()]);
  await server?.stop();
  await coturn?.stop();
});

async function openFirefox(): Promise<RtcPage<FirefoxPage>> {
  firefox ??= await launchFirefox();
  const tab = await RtcPage.open(firefox, server.url);
  await seeLoopback(tab.page);
  return tab;
}

function relayOnly(iceServers: readonly IceServer[]) {
  return { iceServers, iceTransportPolicy: 'relay' } as const;
}

/** What the server tells, with only the URL of one transport. */
async function told(transport: 'udp' | 'tcp'): Promise<IceServer[]> {
  const { ice_servers } = await server.json<{ ice_servers: IceServer[] }>('/ice-servers');
  return ice_servers.map(({ urls, ...rest }) => ({ ...rest, urls: urls.filter((url) => url.endsWith(transport)) }));
}

describe.each([
  ['Chromium', 'udp'],
  ['Chromium', 'tcp'],
  ['Firefox', 'udp'],
  ['Firefox', 'tcp'],
] as const)('a host and a viewer in %s, behind TURN over %s', (name, transport) => {
  const room = `${name}-${transport}`;

  it('have pictures', async () => {
    const tab = name === 'Chromium' ? page : await openFirefox();
    const url = (protocol: string) => `${server.url}/${protocol}/${room}`;
    const video = { width: 320, height: 180 };
    const configuration = relayOnly(await told(transport));
    expect(await tab.call('publish', { name: 'host', url: url('whip'), video, configuration })).toMatchObject({
      status: 201,
    });
    await eventually(
      () => server.json<{ has_host: boolean }>(`/rooms/${room}`),
      ({ has_host }) => has_host,
      'the host to be live',
    );
    expect(await tab.call('watch', { name: 'viewer', url: url('whep'), configuration })).toMatchObject({ status: 201 });
    await eventually(
      () => tab.stats('viewer'),
      ({ videoIn }) => (videoIn?.framesDecoded ?? 0) > 30,
      '30 frames',
    );
    for (const left of ['host', 'viewer']) await tab.call('leave', { name: left });
  });
});

describe('coturn', () => {
  const gather = async (secret: string, ttlSeconds: number, transport: 'udp' | 'tcp' = 'udp') => {
    const credential = turnCredential(secret, 'eve', Math.floor(Date.now() / 1000) + ttlSeconds);
    return page.call('gather', { configuration: relayOnly([{ urls: [coturn.url(transport)], ...credential }]) });
  };

  it.each(['udp', 'tcp'] as const)('takes a credential of now, and allocates over %s', async (transport) => {
    const { candidates } = await gather(turnSecret, 60, transport);
    expect(candidates).toContain('relay');
  });

  it.each([
    ['expired', turnSecret, -60],
    ['made with another secret', `${turnSecret}-not`, 60],
  ])('refuses one that is %s', async (_what, secret, ttlSeconds) => {
    const { candidates, errors } = await gather(secret, ttlSeconds);
    expect(candidates).toEqual([]);
    expect(errors).toContainEqual({ url: coturn.url('udp'), errorCode: 401 });
  });
});
