import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SyntheticAv1 } from '../../../../test/support/synthetic-av1.ts';
import { DependencyDescriptorReader } from '../rtp/dependency-descriptor.ts';
import { extensionDataLength, findExtension, readAbsSendTime, readTransportCc } from '../rtp/extensions.ts';
import { RtpPacketView } from '../rtp/packet.ts';
import { rtpPacket } from '../rtp/packet-fixture.ts';
import type { ExtensionIds, Feedback, ReceiveTrackParameters, SendTrackParameters } from '../rtp/parameters.ts';
import { writeNack } from '../rtp/rtcp/nack.ts';
import { NullBandwidthEstimator } from './bwe/bandwidth-estimator.ts';
import type { LayerChooser } from './layer-chooser.ts';
import type { Publisher } from './publisher.ts';
import { Router } from './router.ts';

const extensions: ExtensionIds = {
  mid: 0,
  rid: 0,
  repairedRid: 0,
  transportCc: 0,
  absSendTime: 0,
  audioLevel: 0,
  videoOrientation: 0,
  dependencyDescriptor: 0,
};
const feedback: Feedback = { nack: true, pli: true, fir: true, transportCc: true, remb: false };
const av1 = { name: 'AV1', clockRate: 90_000, fmtp: {} } as const;
const descriptorId = 12;
const hostVideo: ReceiveTrackParameters = {
  kind: 'video',
  mid: '1',
  codec: av1,
  payloadType: 96,
  feedback,
  extensions: { ...extensions, dependencyDescriptor: descriptorId },
  encodings: [{ ssrc: 1000 }],
};
const viewerVideo: SendTrackParameters = {
  kind: 'video',
  mid: '1',
  ssrc: 0x10,
  rtxSsrc: 0,
  cname: 'room',
  codecs: [{ codec: av1, payloadType: 120 }],
  feedback,
  extensions,
};
/** By spatial layer, so that what comes through can be told apart by its length. */
const packetsPerFrame = [1, 2, 3];
/** Chooses once, as soon as there is a ladder, and says what there is. */
class PinnedLayers implements LayerChooser {
  readonly paused = false;
  caps = {};
  readonly demandBps = 0;
  spatialLayer: number;
  temporalLayer: number;
  rungs: string[] = [];

  constructor(spatialLayer: number, temporalLayer: number) {
    this.spatialLayer = spatialLayer;
    this.temporalLayer = temporalLayer;
  }

  choose: LayerChooser['choose'] = (ladder) => {
    this.rungs = ladder.map(
      ({ spatialLayer, temporalLayer, height }) => `S${spatialLayer}T${temporalLayer} ${height}p`,
    );
    return ladder.find((rung) => rung.spatialLayer === this.spatialLayer && rung.temporalLayer === this.temporalLayer);
  };
}

const withDescriptors: SendTrackParameters = {
  ...viewerVideo,
  extensions: { ...extensions, transportCc: 5, absSendTime: 6, dependencyDescriptor: 9 },
};

/** The dependency descriptor of a packet as a viewer who takes them reads it; its other extensions are there as well. */
function describedBy(packet: Buffer): Buffer {
  const view = parse(packet);
  expect(readTransportCc(view, 5)).toBeGreaterThanOrEqual(0);
  expect(readAbsSendTime(view, 6)).toBeGreaterThanOrEqual(0);
  const offset = findExtension(view, 9);
  expect(offset).toBeGreaterThan(0);
  return view.buffer.subarray(offset, offset + extensionDataLength(view, offset));
}

class Room {
  readonly choosers: PinnedLayers[] = [];
  readonly router = new Router({
    createEstimator: () => new NullBandwidthEstimator(Number.POSITIVE_INFINITY),
    createLayerChooser: () => this.choosers.at(-1) ?? new PinnedLayers(0, 0),
  });
  video: SyntheticAv1;
  #publisher: Publisher;
  nowUs = 1_750_000_000e6;

  constructor(capture: string) {
    this.video = videoOf(capture);
    this.#publisher = this.router.publish({ send: () => true }, [hostVideo], { maxBitrateBps: 1e6 });
  }

  comeBack(capture: string): void {
    this.video = videoOf(capture);
    this.#publisher = this.router.publish({ send: () => true }, [hostVideo], { maxBitrateBps: 1e6 });
  }

  join(spatialLayer: number, temporalLayer: number, track = viewerVideo) {
    const chooser = new PinnedLayers(spatialLayer, temporalLayer);
    this.choosers.push(chooser);
    const packets: Buffer[] = [];
    const sink = {
      send: (packet: Buffer) => {
        if (packet.readUInt8(1) < 192 || packet.readUInt8(1) > 223) packets.push(Buffer.from(packet));
        return true;
      },
    };
    const viewer = this.router.subscribe(sink, [track], this.nowUs);
    return { packets, chooser, viewer };
  }

  stream(pictures: number): void {
    for (let picture = 0; picture < pictures; picture += 1) {
      for (const packet of this.video.nextFrame()) this.#publisher.receive(packet, this.nowUs);
      this.nowUs += this.video.frameIntervalUs;
      this.router.tick(this.nowUs);
    }
  }
}

function videoOf(capture: string): SyntheticAv1 {
  const [ssrc, payloadType, framesPerSecond, payloadLength] = [1000, 96, 20, 500];
  return new SyntheticAv1({
    ssrc,
    payloadType,
    descriptorId,
    capture,
    framesPerSecond,
    packetsPerFrame,
    payloadLength,
  });
}

function parse(packet: Buffer): RtpPacketView {
  const view = new RtpPacketView();
  expect(view.parse(packet)).toBe(true);
  return view;
}

/** Packets of each picture, in order; also checks the numbers, and the marker on each picture's last. */
function picturesOf(packets: readonly Buffer[]): number[] {
  const views = packets.map(parse);
  const [first = 0] = views.map(({ sequenceNumber }) => sequenceNumber);
  expect(views.map(({ sequenceNumber }) => sequenceNumber)).toEqual(views.map((_, index) => (first + index) & 0xffff));
  const pictures = new Map<number, number>();
  for (const [index, { timestamp, marker }] of views.entries()) {
    pictures.set(timestamp, (pictures.get(timestamp) ?? 0) + 1);
    expect(marker).toBe(views[index + 1]?.timestamp !== timestamp);
  }
  return [...pictures.values()];
}

describe('a host of AV1 in layers', () => {
  it('L3T3: viewers who take descriptors get the layers chosen for each, told by them', () => {
    const room = new Room('chromium-av1-l3t3');
    const viewers = [0, 1, 2].map((spatialLayer) => room.join(spatialLayer, 2, withDescriptors));
    room.stream(30);
    for (const { packets } of viewers) packets.length = 0;
    room.stream(40);
    for (const [index, { packets }] of viewers.entries()) {
      // Of three spatial layers, with one, two and three packets a frame.
      expect(picturesOf(packets)).toEqual(Array(40).fill([1, 3, 6][index]));
      const reader = new DependencyDescriptorReader();
      const highest = new Set<number>();
      const descriptors = packets.map((packet) => describedBy(packet));
      const firstStructure = descriptors.findIndex((data) => data.length > 16);
      for (const data of descriptors.slice(firstStructure)) {
        expect(reader.read(data, 0, data.length)).toBe(true);
        highest.add(reader.spatialLayer);
      }
      expect([...highest].toSorted()).toEqual([0, 1, 2].slice(0, index + 1));
      expect(firstStructure).toBeGreaterThan(0);
    }
    const { height = 0 } = [...room.router.publishers.values()][0]?.tracks[0]?.sources[0] ?? {};
    expect(viewers[0]?.chooser.rungs.at(-1)).toBe(`S2T2 ${height}p`);
  });

  it('L3T3_KEY: a viewer of the top layer is spared those below between keyframes', () => {
    const room = new Room('chromium-av1-l3t3-key');
    const { packets } = room.join(2, 2, withDescriptors);
    room.stream(30);
    packets.length = 0;
    room.stream(20);
    // The capture begins anew once.
    expect(picturesOf(packets).toSorted()).toEqual([...Array(19).fill(3), 6]);
  });

  it('a host that comes back: frame numbers go on', () => {
    const room = new Room('chromium-av1-l1t3');
    const { packets } = room.join(0, 2, withDescriptors);
    room.stream(10);
    room.comeBack('chromium-av1-l3t3');
    room.stream(10);
    const numbers = packets.map((packet) => describedBy(packet).readUInt16BE(1));
    const frames = [...new Set(numbers)];
    expect(frames).toEqual(numbers.filter((number, index) => numbers[index - 1] !== number));
    expect(frames[10]).toBe((frames[9] ?? 0) + 1);
    expect(frames).toEqual(frames.toSorted((a, b) => a - b));
    picturesOf(packets);
  });

  it.each(['chromium-av1-l3t3', 'chromium-av1-l3t3-key'])(
    '%s: viewers without descriptors get the lowest spatial layer, with the temporal layers chosen for each, from the first packet on',
    (capture) => {
      const room = new Room(capture);
      const viewers = [room.join(0, 0), room.join(0, 1), room.join(0, 2), room.join(2, 2)];
      room.stream(45);
      for (const { packets } of viewers) expect(new Set(picturesOf(packets))).toEqual(new Set([1]));
      for (const { packets } of viewers) packets.length = 0;
      room.stream(40);
      expect(viewers.map(({ packets }) => picturesOf(packets).length)).toEqual([10, 20, 40, 40]);
      const { height = 0 } = [...room.router.publishers.values()][0]?.tracks[0]?.sources[0] ?? {};
      expect(height).toBeGreaterThan(0);
      expect(viewers[0]?.chooser.rungs).toEqual(['S0T0', 'S0T1', 'S0T2'].map((layers) => `${layers} ${height / 4}p`));
    },
  );

  it('L1T3: a viewer of the base layer gets a quarter of the pictures, and gets all again without a keyframe', () => {
    const room = new Room('chromium-av1-l1t3');
    const { packets, chooser } = room.join(0, 0);
    room.stream(30);
    packets.length = 0;
    room.stream(40);
    expect(picturesOf(packets)).toHaveLength(10);
    chooser.temporalLayer = 2;
    room.stream(10);
    packets.length = 0;
    room.stream(40);
    expect(picturesOf(packets)).toHaveLength(40);
  });

  it('who joins later is replayed the group of pictures in the layers of the ring, and can have them repaired', () => {
    const room = new Room('chromium-av1-l3t3');
    room.stream(30);
    const { packets, viewer } = room.join(0, 2);
    room.stream(10);
    // Since its keyframe, each picture has one packet here and six at the host.
    expect(picturesOf(packets)).toEqual(Array(40).fill(1));
    const lost = packets[5] ?? Buffer.alloc(0);
    const nack = Buffer.alloc(64);
    const length = writeNack(nack, 0, 1, viewerVideo.ssrc, [parse(lost).sequenceNumber]);
    packets.length = 0;
    viewer.receive(nack.subarray(0, length), room.nowUs);
    expect(packets).toEqual([lost]);
  });

  it('tells of no layers where the descriptors are not negotiated: all or nothing goes to a viewer', () => {
    const { dependencyDescriptor: _, ...others } = hostVideo.extensions;
    const router = new Router({ createEstimator: () => new NullBandwidthEstimator(Number.POSITIVE_INFINITY) });
    const track = { ...hostVideo, extensions: { ...others, dependencyDescriptor: 0 } };
    const publisher = router.publish({ send: () => true }, [track], { maxBitrateBps: 1e6 });
    const { video } = new Room('chromium-av1-l3t3');
    let nowUs = 1e9;
    for (let picture = 0; picture < 40; picture += 1, nowUs += video.frameIntervalUs) {
      for (const packet of video.nextFrame()) publisher.receive(packet, nowUs);
    }
    expect(publisher.tracks[0]?.sources[0]?.layers.topSpatialLayer(nowUs)).toBe(0);
    expect(publisher.tracks[0]?.sources[0]?.layers.topTemporalLayer(nowUs)).toBe(0);
  });

  it('may send anything as a descriptor: viewers get well-formed packets with its payload', () => {
    const room = new Room('chromium-av1-l1t3');
    const viewers = [room.join(0, 2), room.join(0, 2, withDescriptors)];
    room.stream(2);
    const publisher = [...room.router.publishers.values()][0];
    let sequenceNumber = 100;
    let delivered = 0;
    const descriptor = fc.uint8Array({ minLength: 1, maxLength: 255 });
    fc.assert(
      fc.property(descriptor, fc.uint8Array({ minLength: 2, maxLength: 300 }), (data, payload) => {
        for (const { packets } of viewers) packets.length = 0;
        sequenceNumber += 1;
        const extension = { profile: 0x1000, elements: [descriptorId, data.length, ...data] };
        publisher?.receive(
          rtpPacket({ ssrc: 1000, sequenceNumber, timestamp: 90_000, extension, payload }),
          room.nowUs,
        );
        const [plain, described] = viewers.map(({ packets }) => packets.map(parse));
        delivered += (plain?.length ?? 0) + (described?.length ?? 0);
        for (const view of [...(plain ?? []), ...(described ?? [])])
          expect(view.buffer.subarray(view.payloadOffset)).toEqual(Buffer.from(payload));
        for (const view of described ?? []) {
          const offset = findExtension(view, 9);
          // All but the frame number is as it came; what is too short for one is no descriptor.
          expect(offset < 0 ? 0 : extensionDataLength(view, offset)).toBe(data.length < 3 ? 0 : data.length);
          if (offset >= 0)
            expect([...view.buffer.subarray(offset + 3, offset + data.length)]).toEqual([...data.subarray(3)]);
        }
      }),
      { numRuns: 300 },
    );
    expect(delivered).toBeGreaterThan(300);
  });
});
