import type { RoomInfo } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isRtcp, RtpPacketView } from '../../packages/server/src/rtp/packet.ts';
import { inspectOpus, OpusInfo } from '../../packages/server/src/rtp/payload/opus.ts';
import { createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import { CameraFile } from '../support/camera-file.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { negotiate, syntheticAudio, syntheticVideo, watchOffer } from '../support/whip-peer.ts';
import { type OutboundStats, RtcPage } from './rtc-page.ts';

// What a room's settings change in what real Chromium sends. The server's own configuration gives the defaults; here
// each room overrides them, so that one server shows both.

let camera: CameraFile;
let browser: Browser;
let server: MediaServerProcess;

beforeAll(async () => {
  camera = new CameraFile();
  browser = await launchChromium(camera.chromiumArguments);
  // The preference for VP9 comes from the configuration, not from the rooms.
  server = await MediaServerProcess.start({ 'video.codec': 'VP9', 'audio.bitrate_kbps': '96' });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  camera?.remove();
});

async function makeRoom(id: string, settings: object): Promise<void> {
  const body = JSON.stringify({ room_id: id, settings });
  await server.json('/rooms', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

async function publish(id: string): Promise<RtcPage> {
  const page = await RtcPage.open(browser, server.url);
  await page.call('publish', { name: 'host', url: `${server.url}/whip/${id}` });
  await eventually(
    () => server.json<RoomInfo>(`/rooms/${id}`),
    (info) => info.has_host,
    'the host to be live',
  );
  return page;
}

/** Bits a second of video and audio over the same three seconds. */
async function bitrates(page: RtcPage): Promise<{ videoBps: number; audioBps: number }> {
  const before = await page.stats('host');
  await page.page.waitForTimeout(3000);
  const after = await page.stats('host');
  return {
    videoBps: bitrate(before.videoOut[0], after.videoOut[0]),
    audioBps: bitrate(before.audioOut, after.audioOut),
  };
}

function bitrate(before: OutboundStats | undefined, after: OutboundStats | undefined): number {
  if (before === undefined || after === undefined) throw new Error('nothing is sent');
  return (8000 * (after.bytesSent - before.bytesSent)) / (after.timestamp - before.timestamp);
}

/** The audio bandwidths of the Opus packets that a viewer gets. */
async function opusBandwidths(id: string): Promise<Set<string>> {
  const peer = await createClientPeer();
  const seen = new Map<string, number>();
  const view = new RtpPacketView();
  const opus = new OpusInfo();
  peer.onPacket = (packet) => {
    if (isRtcp(packet) || !view.parse(packet) || view.payloadType !== syntheticAudio.payloadType) return;
    if (!inspectOpus(packet, view.payloadOffset, view.payloadLength, opus)) return;
    seen.set(opus.bandwidth, (seen.get(opus.bandwidth) ?? 0) + 1);
  };
  await negotiate(peer, `${server.url}/whep/${id}`, watchOffer(peer.remote));
  const total = () => [...seen.values()].reduce((sum, count) => sum + count, 0);
  await eventually(total, (count) => count > 100, '100 Opus packets');
  peer.close();
  return new Set(seen.keys());
}

/**
 * The frames a second that a viewer gets, over 30 of them. By the times at which the camera took them: a busy machine
 * sends none in one second and twice as many in the next.
 */
async function framerateOf(id: string): Promise<number> {
  const peer = await createClientPeer();
  const timestamps = new Set<number>();
  const view = new RtpPacketView();
  peer.onPacket = (packet) => {
    if (isRtcp(packet) || !view.parse(packet) || view.payloadType !== syntheticVideo.payloadType) return;
    timestamps.add(view.timestamp);
  };
  await negotiate(peer, `${server.url}/whep/${id}`, watchOffer(peer.remote));
  await eventually(
    () => [...timestamps],
    ({ length }) => length > 30,
    '31 frames',
  );
  peer.close();
  const [first = 0, ...later] = timestamps;
  const ticks = ((later.at(-1) ?? 0) - first) >>> 0;
  return (later.length * 90_000) / ticks;
}

it('sends in the codec that the configuration prefers, or the room', async () => {
  await makeRoom('vp8', { video: { codec: 'VP8' } });
  for (const [id, codec] of [
    ['by-configuration', 'video/VP9'],
    ['vp8', 'video/VP8'],
  ] as const) {
    const page = await publish(id);
    await eventually(
      () => page.stats('host'),
      ({ videoCodec }) => videoCodec === codec,
      `${codec} from the host`,
    );
    await page.page.close();
  }
});

it('keeps to the bitrates of video and audio that the room asks for', async () => {
  await makeRoom('small', { video: { codec: 'VP8', target_bitrate_kbps: 400 }, audio: { bitrate_kbps: 24 } });
  await makeRoom('large', { video: { codec: 'VP8', target_bitrate_kbps: 1500 } });
  const small = await publish('small');
  await eventually(
    () => bitrates(small),
    ({ videoBps }) => videoBps > 0.8 * 400_000,
    '80% of 400 kbps',
  );
  const settled = await bitrates(small);
  expect(settled.videoBps).toBeLessThan(1.25 * 400_000);
  await small.page.close();

  const large = await publish('large');
  const { audioBps: largeAudioBps } = await eventually(
    () => bitrates(large),
    ({ videoBps }) => videoBps > 0.8 * 1_500_000,
    '80% of 1500 kbps',
  );
  await large.page.close();
  // The fake microphone is silent between its beeps, so the encoder may stay below; never far above.
  expect(settled.audioBps).toBeLessThan(1.25 * 24_000);
  expect(largeAudioBps).toBeGreaterThan(2 * settled.audioBps);
  expect(largeAudioBps).toBeLessThan(1.25 * 96_000);
});

it('keeps to the audio bandwidth of the sample rate that the room asks for', async () => {
  await makeRoom('telephone', { video: { codec: 'VP8' }, audio: { sample_rate: 8000 } });
  await makeRoom('music', { video: { codec: 'VP8' } });
  const telephone = await publish('telephone');
  expect(await opusBandwidths('telephone')).toEqual(new Set(['NB']));
  await telephone.page.close();
  const music = await publish('music');
  expect(await opusBandwidths('music')).toContain('FB');
  await music.page.close();
});

it('keeps to the framerate that the room asks for, on our own page', async () => {
  await makeRoom('slow', { video: { codec: 'VP8', max_framerate: 5 } });
  const page = await browser.newPage();
  await page.goto(`${server.url}/live?room=slow&source=pattern&autostart=1`);
  await eventually(
    () => server.json<RoomInfo>('/rooms/slow'),
    (info) => info.has_host,
    'the host to be live',
  );
  expect(await framerateOf('slow')).toBeLessThanOrEqual(5.5);
  await page.close();
});
