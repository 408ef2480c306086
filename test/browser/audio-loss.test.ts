import type { RoomInfo } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isRtcp, RtpPacketView } from '../../packages/server/src/rtp/packet.ts';
import { inspectOpus, OpusInfo } from '../../packages/server/src/rtp/payload/opus.ts';
import { createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import { UdpRelay } from '../../packages/server/src/transport/udp-relay.ts';
import { seededRandom } from '../sim/random.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { negotiate, watchOffer } from '../support/whip-peer.ts';
import { RtcPage } from './rtc-page.ts';

// A fifth of the audio is lost on a line: a viewer's, with RED and without, or the host's, with in-band FEC.

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

/** A relay that loses audio on the way there; the header of SRTP is plain (RFC 3711). */
async function lossyRelay(lossy: 'client' | 'server') {
  const relay = await UdpRelay.open(server.mediaPort);
  const random = seededRandom(1);
  const types = new Set<number>();
  relay.loses = (datagram, to) => {
    const [first = 0, second = 0] = datagram;
    const type = second & 0x7f;
    if (to !== lossy || first >> 6 !== 2 || (type !== opusType && type !== redType)) return false;
    types.add(type);
    return random() < lostShare;
  };
  return { relay, types };
}

async function watchWithLoss(audioCodecs: string[]) {
  const { relay, types } = await lossyRelay('client');
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

/**
 * The SILK frame in it brings the one before it along (RFC 6716, sections 4.2.3 and 4.2.4): in a packet of one frame of up
 * to 20 ms, the bit behind the first one, which tells of voice.
 */
function bringsPrevious(packet: Buffer, offset: number, length: number): boolean {
  const opus = new OpusInfo();
  if (length < 2 || !inspectOpus(packet, offset, length, opus)) return false;
  const isSilk = opus.config < 16;
  return (
    isSilk && opus.frameCount === 1 && opus.frameDurationUs <= 20_000 && (packet.readUInt8(offset + 1) & 0x40) !== 0
  );
}

it("a host that loses audio sends Opus's in-band FEC, and viewers get it", async () => {
  // Low enough for SILK, which alone has it.
  const settings = { audio: { bitrate_kbps: 24, sample_rate: 16_000, redundancy: false } };
  const body = JSON.stringify({ room_id: 'speech', settings });
  await server.json('/rooms', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { relay } = await lossyRelay('server');
  const host = await RtcPage.open(browser, server.url);
  const url = `${server.url}/whip/speech`;
  const published = await host.call('publish', { name: 'host', url, mediaPort: relay.port });
  expect(published.answer).toMatch(/^a=fmtp:111 .*useinbandfec=1/m);
  await eventually(
    () => server.json<RoomInfo>('/rooms/speech'),
    (room) => room.has_host,
    'the host to be live',
  );
  const peer = await createClientPeer();
  const view = new RtpPacketView();
  let withPrevious = 0;
  peer.onPacket = (packet) => {
    if (isRtcp(packet) || !view.parse(packet) || view.payloadType !== opusType) return;
    if (bringsPrevious(packet, view.payloadOffset, view.payloadLength)) withPrevious += 1;
  };
  await negotiate(peer, `${server.url}/whep/speech`, watchOffer(peer.remote));
  await eventually(
    () => withPrevious,
    (count) => count >= 20,
    'frames that bring the one before along',
  );
  peer.close();
  relay.close();
});
