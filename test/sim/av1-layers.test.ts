import { expect, test } from 'vitest';
import type { ReceiveTrackParameters, SendTrackParameters } from '../../packages/server/src/rtp/parameters.ts';
import { Router } from '../../packages/server/src/sfu/router.ts';
import { SyntheticAv1 } from '../support/synthetic-av1.ts';
import { Link } from './link.ts';
import { seededRandom } from './random.ts';
import { feedback, noExtensions } from './simulated-host.ts';
import { SimulatedViewer } from './simulated-viewer.ts';
import { VirtualTime } from './virtual-time.ts';

// A host of AV1 in layers within one stream, and viewers on lines that carry all of them, or a part.

const [hostDescriptorId, transportCcId, viewerDescriptorId] = [12, 5, 9];
const [videoSsrc, videoRtxSsrc] = [0x10, 0x11];
const framesPerSecond = 20;
const av1 = { name: 'AV1', clockRate: 90_000, fmtp: {} } as const;
const hostTrack: ReceiveTrackParameters = {
  kind: 'video',
  mid: '1',
  codec: av1,
  payloadType: 96,
  feedback,
  extensions: { ...noExtensions, dependencyDescriptor: hostDescriptorId },
  encodings: [{ ssrc: 1000 }],
};

function viewerTrack(dependencyDescriptor: number): SendTrackParameters {
  return {
    kind: 'video',
    mid: '1',
    ssrc: videoSsrc,
    rtxSsrc: videoRtxSsrc,
    cname: 'room',
    codecs: [{ codec: av1, payloadType: 120, rtxPayloadType: 121 }],
    feedback,
    extensions: { ...noExtensions, transportCc: transportCcId, dependencyDescriptor },
  };
}

class Room {
  readonly time = new VirtualTime();
  readonly router = new Router();
  readonly #random = seededRandom(1);

  /** 160, 320 and 640 kbps for the spatial layers of L3T3, or 160 for the one of L1T3. */
  constructor(capture: string) {
    const video = new SyntheticAv1({
      ssrc: 1000,
      payloadType: 96,
      descriptorId: hostDescriptorId,
      capture,
      framesPerSecond,
      packetsPerFrame: [1, 2, 4],
      payloadLength: 1000,
    });
    const publisher = this.router.publish({ send: () => true }, [hostTrack], { maxBitrateBps: 5e6 });
    this.time.every(video.frameIntervalUs, () => {
      for (const packet of video.nextFrame()) publisher.receive(packet, this.time.nowUs);
    });
    this.time.every(20_000, () => this.router.tick(this.time.nowUs));
  }

  join(bitrateBps: number, descriptorId = viewerDescriptorId) {
    const { time } = this;
    const toViewer = new Link(time, { bitrateBps, propagationMs: 25, random: this.#random });
    const fromViewer = new Link(time, { bitrateBps: 20e6, propagationMs: 25, random: this.#random });
    const stream = { ssrc: videoSsrc, rtxSsrc: videoRtxSsrc, clockRate: 90_000, codec: 'AV1' } as const;
    const peer = new SimulatedViewer({ transportCcId, streams: [stream] }, (packet) =>
      fromViewer.send(packet, (arrived, nowUs) => session.receive(arrived, nowUs)),
    );
    const send = (packet: Buffer) => {
      toViewer.send(packet, (arrived, nowUs) => peer.receive(arrived, nowUs));
      return true;
    };
    const session = this.router.subscribe({ send }, [viewerTrack(descriptorId)], time.nowUs);
    time.every(10_000, () => peer.tick(time.nowUs));
    return { peer, toViewer };
  }
}

/** Kilobits and pictures a second that each viewer gets from 15 to 35 s, and whether the picture ever stood. */
function watch(room: Room, viewers: readonly ReturnType<Room['join']>[]) {
  const figures = () =>
    viewers.map(({ peer, toViewer }) => ({
      bytes: peer.receivedBytes,
      pictures: peer.playout(videoSsrc)?.shown.length ?? 0,
      dropped: toViewer.dropped,
    }));
  room.time.runUntil(15);
  const before = figures();
  room.time.runUntil(35);
  return figures().map(({ bytes, pictures, dropped }, index) => ({
    kbps: ((bytes - (before[index]?.bytes ?? 0)) * 8) / 20_000,
    picturesPerSecond: (pictures - (before[index]?.pictures ?? 0)) / 20,
    dropped: dropped - (before[index]?.dropped ?? 0),
  }));
}

test('L3T3: each line gets the layers that it carries', () => {
  const room = new Room('chromium-av1-l3t3');
  const lines = [room.join(5e6), room.join(0.8e6), room.join(0.35e6), room.join(5e6, 0)];
  const [all, two, one, plain] = watch(room, lines);
  expect(all?.kbps).toBeGreaterThan(1100);
  expect(two?.kbps).toBeLessThan(800);
  expect(two?.kbps).toBeGreaterThan(350);
  expect(one?.kbps).toBeLessThan(350);
  // Who does not take descriptors gets the lowest, however good the line.
  expect(plain?.kbps).toBeLessThan(200);
  for (const viewer of [all, plain]) expect(viewer?.picturesPerSecond).toBeGreaterThan(0.95 * framesPerSecond);
  // The ladder takes half of a higher layer's pictures before all of the one below.
  for (const viewer of [two, one]) expect(viewer?.picturesPerSecond).toBeGreaterThan(0.45 * framesPerSecond);
  for (const viewer of [all, two, one, plain]) expect(viewer?.dropped).toBe(0);
});

test('L1T3: a line too slow for all pictures gets half of them, or a quarter', () => {
  const room = new Room('chromium-av1-l1t3');
  const [all, half] = watch(room, [room.join(5e6), room.join(0.14e6)]);
  expect(all?.picturesPerSecond).toBeGreaterThan(0.95 * framesPerSecond);
  expect(half?.picturesPerSecond).toBeLessThan(0.6 * framesPerSecond);
  expect(half?.picturesPerSecond).toBeGreaterThan(0.2 * framesPerSecond);
  expect(half?.dropped).toBe(0);
});
