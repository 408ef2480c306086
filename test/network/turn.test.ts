import type { IceServer } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { turnCredential } from '../../packages/server/src/rooms/ice-servers.ts';
import { RtcPage } from '../browser/rtc-page.ts';
import { launchChromium } from '../support/chromium.ts';
import { Coturn, turnSecret } from '../support/coturn.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';

// Real Chromium that may use relayed candidates alone, a real coturn, and credentials of this server's making.

let coturn: Coturn;
let server: MediaServerProcess;
let browser: Browser;
let page: RtcPage;

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
  await browser?.close();
  await server?.stop();
  await coturn?.stop();
});

function relayOnly(iceServers: readonly IceServer[]) {
  return { iceServers, iceTransportPolicy: 'relay' } as const;
}

/** What the server tells, with only the URL of one transport. */
async function told(transport: 'udp' | 'tcp'): Promise<IceServer[]> {
  const { ice_servers } = await server.json<{ ice_servers: IceServer[] }>('/ice-servers');
  return ice_servers.map(({ urls, ...rest }) => ({ ...rest, urls: urls.filter((url) => url.endsWith(transport)) }));
}

describe('a host and a viewer behind TURN over UDP', () => {
  const transport = 'udp';

  it('have pictures', async () => {
    const url = (protocol: string) => `${server.url}/${protocol}/${transport}`;
    const video = { width: 320, height: 180 };
    const host = { name: 'host', url: url('whip'), video, configuration: relayOnly(await told(transport)) };
    expect(await page.call('publish', host)).toMatchObject({ status: 201 });
    await eventually(
      () => server.json<{ has_host: boolean }>(`/rooms/${transport}`),
      ({ has_host }) => has_host,
      'the host to be live',
    );
    const viewer = { name: 'viewer', url: url('whep'), configuration: relayOnly(await told(transport)) };
    expect(await page.call('watch', viewer)).toMatchObject({ status: 201 });
    await eventually(
      () => page.stats('viewer'),
      ({ videoIn }) => (videoIn?.framesDecoded ?? 0) > 30,
      '30 frames',
    );
    for (const name of ['host', 'viewer']) await page.call('leave', { name });
  });
});

describe('coturn', () => {
  const gather = async (secret: string, ttlSeconds: number, transport: 'udp' | 'tcp' = 'udp') => {
    const credential = turnCredential(secret, 'eve', Math.floor(Date.now() / 1000) + ttlSeconds);
    return page.call('gather', { configuration: relayOnly([{ urls: [coturn.url(transport)], ...credential }]) });
  };

  // Media over TURN/TCP does not come up with this Chromium: it sends ICE-CONTROLLING with a tiebreaker of zero then,
  // which the ICE library of the transport takes for a missing one and refuses (docs/operations.md).
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
