import { describe, expect, it } from 'vitest';
import { isRtcp, RtpPacketView } from '../rtp/packet.ts';
import { rtpPacket } from '../rtp/packet-fixture.ts';
import type { ExtensionIds, Feedback, ReceiveTrackParameters, SendTrackParameters } from '../rtp/parameters.ts';
import { writeNack } from '../rtp/rtcp/nack.ts';
import { NullBandwidthEstimator } from './bwe/bandwidth-estimator.ts';
import { Router } from './router.ts';

const extensions: ExtensionIds = {
  mid: 0,
  rid: 0,
  repairedRid: 0,
  transportCc: 0,
  absSendTime: 0,
  audioLevel: 1,
  videoOrientation: 0,
  dependencyDescriptor: 0,
};
const feedback: Feedback = { nack: true, pli: false, fir: false, transportCc: false, remb: false };
const opus = { name: 'opus', clockRate: 48_000, channels: 2, fmtp: {} } as const;
const hostAudio: ReceiveTrackParameters = {
  kind: 'audio',
  mid: '0',
  codec: opus,
  payloadType: 111,
  redPayloadType: 63,
  feedback,
  extensions,
  encodings: [{}],
};

function viewerAudio(ssrc: number, redPayloadType?: number): SendTrackParameters {
  return {
    kind: 'audio',
    mid: '0',
    ssrc,
    rtxSsrc: 0,
    cname: 'room',
    codecs: [{ codec: opus, payloadType: 109, ...(redPayloadType !== undefined && { redPayloadType }) }],
    feedback,
    extensions: { ...extensions, audioLevel: redPayloadType === undefined ? 0 : 7 },
  };
}

/** What the n-th packet's own frame is. */
function frame(n: number): Buffer {
  return Buffer.from([0xfc, n, n, n]);
}

function red(n: number, blocks: Buffer, payloadType = 63): Buffer {
  const extension = { profile: 0xbede, elements: [0x10, 0x80 | n] };
  return rtpPacket({ payloadType, ssrc: 2000, sequenceNumber: n, timestamp: 960 * n, extension, payload: blocks });
}

/** With the frame before it, as Chromium sends it. */
function redWithRedundancy(n: number): Buffer {
  const headers = [0x80 | 111, (960 << 2) >> 8, (960 << 2) & 0xff, 4, 111];
  return red(n, Buffer.concat([Buffer.from(headers), frame(n - 1), frame(n)]));
}

function setUp() {
  const router = new Router({ createEstimator: () => new NullBandwidthEstimator(Number.POSITIVE_INFINITY) });
  const publisher = router.publish({ send: () => true }, [hostAudio], { maxBitrateBps: 1e6 });
  const join = (track: SendTrackParameters) => {
    const packets: Buffer[] = [];
    const send = (packet: Buffer) => {
      if (!isRtcp(packet)) packets.push(Buffer.from(packet));
      return true;
    };
    return { packets, viewer: router.subscribe({ send }, [track], 0) };
  };
  return { router, publisher, join };
}

function parse(packet: Buffer | undefined): RtpPacketView {
  const view = new RtpPacketView();
  expect(packet !== undefined && view.parse(packet)).toBe(true);
  return view;
}

function payload(packet: Buffer | undefined): string {
  const view = parse(packet);
  return view.buffer.subarray(view.payloadOffset).toString('hex');
}

describe('a host that sends RED', () => {
  it("reaches viewers who take it, under their payload types, and others as the packet's own frame", () => {
    const { publisher, router, join } = setUp();
    publisher.receive(red(1, Buffer.concat([Buffer.from([111]), frame(1)])), 0);
    router.tick(0);
    // Those who take it and those who do not, one after the other on the same packet.
    const viewers = [join(viewerAudio(1)), join(viewerAudio(2, 64)), join(viewerAudio(3)), join(viewerAudio(4, 65))];
    for (let n = 2; n <= 5; n += 1) publisher.receive(redWithRedundancy(n), n * 20_000);
    for (const [index, { packets }] of viewers.entries()) {
      const takesRed = index % 2 === 1;
      expect(packets).toHaveLength(4);
      for (const [at, packet] of packets.entries()) {
        const n = at + 2;
        const view = parse(packet);
        expect(view.payloadType).toBe(takesRed ? 64 + (index >> 1) : 109);
        expect(view.ssrc).toBe(index + 1);
        const headers = Buffer.from([0x80 | 109, (960 << 2) >> 8, (960 << 2) & 0xff, 4, 109]);
        const own = frame(n).toString('hex');
        expect(payload(packet)).toBe(takesRed ? Buffer.concat([headers, frame(n - 1), frame(n)]).toString('hex') : own);
        expect(packet.readUInt8(23)).toBe(takesRed ? 0x70 : 0);
      }
      const numbers = packets.map((packet) => parse(packet).sequenceNumber);
      expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at));
    }
  });

  it('may mix it with plain packets', () => {
    const { publisher, router, join } = setUp();
    publisher.receive(red(1, frame(1), 111), 0);
    router.tick(0);
    const { packets } = join(viewerAudio(1, 64));
    publisher.receive(red(2, frame(2), 111), 20_000);
    publisher.receive(redWithRedundancy(3), 40_000);
    publisher.receive(red(4, frame(4), 111), 60_000);
    expect(packets.map((packet) => parse(packet).payloadType)).toEqual([109, 64, 109]);
    expect(payload(packets[2])).toBe(frame(4).toString('hex'));
  });

  it.each([
    ['with RED', 64],
    ['without', undefined],
  ])('has packets repaired in the form in which they were sent: %s', (_, redPayloadType) => {
    const { publisher, router, join } = setUp();
    publisher.receive(red(1, Buffer.concat([Buffer.from([111]), frame(1)])), 0);
    router.tick(0);
    const track = viewerAudio(1, redPayloadType);
    const { packets, viewer } = join(track);
    for (let n = 2; n <= 5; n += 1) publisher.receive(redWithRedundancy(n), n * 20_000);
    const lost = packets[1] ?? Buffer.alloc(0);
    const nack = Buffer.alloc(64);
    const length = writeNack(nack, 0, 1, track.ssrc, [parse(lost).sequenceNumber]);
    packets.length = 0;
    viewer.receive(nack.subarray(0, length), 200_000);
    expect(packets).toEqual([lost]);
  });

  it('has malformed RED, and blocks of something else, dropped', () => {
    const { publisher, router, join } = setUp();
    publisher.receive(red(1, Buffer.concat([Buffer.from([111]), frame(1)])), 0);
    router.tick(0);
    const { packets } = join(viewerAudio(1));
    publisher.receive(red(2, Buffer.from([0x80 | 111, 0, 0x03, 0xff, 111, 1, 2])), 20_000);
    publisher.receive(red(3, Buffer.from([110, 1, 2, 3])), 40_000);
    publisher.receive(red(4, Buffer.alloc(0)), 60_000);
    expect(packets).toEqual([]);
    publisher.receive(redWithRedundancy(5), 80_000);
    expect(payload(packets[0])).toBe(frame(5).toString('hex'));
  });
});
