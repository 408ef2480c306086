import type { RoomInfo } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import { RtcPage } from '../browser/rtc-page.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { ObsHost, obsOffer } from '../support/obs-host.ts';

// OBS needs a screen and is not run here: a host with its offer and its habits is, and real Chromium watches it.

let server: MediaServerProcess;
let browser: Browser;

beforeAll(async () => {
  server = await MediaServerProcess.start({ ice_servers: '[{"urls":["stun:127.0.0.1:1","stun:127.0.0.1:2"]}]' });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function postOffer(rids: readonly string[] = []): Promise<Response> {
  const peer = await createClientPeer();
  const body = obsOffer(peer.remote, rids);
  peer.close();
  const url = `${server.url}/whip/offer`;
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', authorization: 'Bearer x' },
    body,
  });
}

it('answers 201 with a Location that has no query and one Link a server', async () => {
  const response = await postOffer();
  expect(response.status).toBe(201);
  expect(new URL(response.headers.get('location') ?? '').search).toBe('');
  expect(response.headers.get('link')?.match(/rel="ice-server"/g)).toHaveLength(2);
  const answer = await response.text();
  expect(answer).toMatch(/m=audio \d+ UDP\/TLS\/RTP\/SAVPF 111\r\n/);
  expect(answer).toMatch(/m=video \d+ UDP\/TLS\/RTP\/SAVPF 96\r\n/);
});

it('takes every layer of its simulcast', async () => {
  expect(await (await postOffer(['0', '1', '2'])).text()).toContain('a=simulcast:recv 0;1;2\r\n');
});

it('shows and sounds at a viewer who comes between its keyframes, and ends with a 200', async () => {
  const host = await ObsHost.start(`${server.url}/whip/obs`);
  const page = await RtcPage.open(browser, server.url);
  const whep = { name: 'viewer', url: `${server.url}/whep/obs` };
  expect(await page.call('watch', whep)).toMatchObject({ status: 201 });
  const seen = async () => page.stats('viewer');
  const stats = await eventually(
    seen,
    ({ videoIn, audioIn }) => (videoIn?.framesDecoded ?? 0) > 60 && (audioIn?.totalAudioEnergy ?? 0) > 0.001,
    'pictures and sound',
  );
  expect(stats.videoCodec).toBe('video/H264');
  // A second viewer needs no keyframe of its own: OBS would not send one.
  const late = await RtcPage.open(browser, server.url);
  expect(await late.call('watch', whep)).toMatchObject({ status: 201 });
  await eventually(
    () => late.stats('viewer'),
    ({ videoIn }) => (videoIn?.framesDecoded ?? 0) > 30,
    'pictures at the second viewer',
  );
  expect(await host.stop()).toBe(200);
  expect((await server.json<RoomInfo>('/rooms/obs')).has_host).toBe(false);
});
