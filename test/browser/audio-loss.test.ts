import type { RoomInfo } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UdpRelay } from '../../packages/server/src/transport/udp-relay.ts';
import { seededRandom } from '../sim/random.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { RtcPage } from './rtc-page.ts';

// Viewers whose line loses a fifth of the audio: one takes RED, the other does not.

const lostShare = 0.2;
const [opusType, redType] = [111, 63];
/** Ten seconds. */
const heardSamples = 480_000;

let browser: Browser;
let server: MediaServerProcess;

beforeAll(async () => {
  browser = await launchChromium();
  server = await MediaServerProcess.start({ 'audio.redundancy': 'true' });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** A viewer behind a relay that loses audio: the header of SRTP is plain (RFC 3711). */
async function watchWithLoss(audioCodecs: string[]) {
  const relay = await UdpRelay.open(server.mediaPort);
  const random = seededRandom(1);
  const types = new Set<number>();
  relay.loses = (datagram) => {
    const [first = 0, second = 0] = datagram;
    const type = second & 0x7f;
    if (first >> 6 !== 2 || (type !== opusType && type !== redType)) return false;
    types.add(type);
    return random() < lostShare;
  };
  const page = await RtcPage.open(browser, server.url);
  const url = `${server.url}/whep/stage`;
  await page.call('watch', { name: 'viewer', url, audioCodecs, mediaPort: relay.port });
  const audio = async () => (await page.stats('viewer')).audioIn;
  const heard = await eventually(audio, (stats) => (stats?.totalSamplesReceived ?? 0) > heardSamples, 'ten seconds');
  await page.page.close();
  relay.close();
  const { totalSamplesReceived = 0, concealedSamples = 0, packetsLost = 0, packetsReceived = 0 } = heard ?? {};
  return {
    types: [...types],
    lost: packetsLost / (packetsLost + packetsReceived),
    concealed: concealedSamples / totalSamplesReceived,
  };
}

it('a viewer who takes RED has less of the lost audio made up than one who does not', async () => {
  const host = await RtcPage.open(browser, server.url);
  await host.call('publish', { name: 'host', url: `${server.url}/whip/stage` });
  await eventually(
    () => server.json<RoomInfo>('/rooms/stage'),
    (room) => room.has_host,
    'the host to be live',
  );
  const [redundant, plain] = await Promise.all([
    watchWithLoss(['audio/opus', 'audio/red']),
    watchWithLoss(['audio/opus']),
  ]);
  expect(redundant.types).toEqual([redType]);
  expect(plain.types).toEqual([opusType]);
  for (const { lost } of [redundant, plain]) expect(lost).toBeGreaterThan(lostShare / 2);
  expect(redundant.concealed).toBeLessThan(plain.concealed / 2);
});
