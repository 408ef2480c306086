import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SyntheticVp8 } from '../../../../test/support/synthetic-stream.ts';
import type { ExtensionIds } from '../rtp/parameters.ts';
import { writeNack } from '../rtp/rtcp/nack.ts';
import { NullBandwidthEstimator } from './bwe/bandwidth-estimator.ts';
import { Router } from './router.ts';

const extensions: ExtensionIds = {
  mid: 1,
  rid: 2,
  repairedRid: 3,
  transportCc: 4,
  absSendTime: 5,
  audioLevel: 6,
  videoOrientation: 7,
  dependencyDescriptor: 8,
};
const feedback = { nack: true, pli: true, fir: true, transportCc: true, remb: true } as const;

function setUp() {
  const router = new Router({ createEstimator: () => new NullBandwidthEstimator(Number.POSITIVE_INFINITY) });
  const delivered: number[] = [];
  const sink = {
    send: (packet: Buffer) => {
      delivered.push(packet.length);
      return true;
    },
  };
  const publisher = router.publish(
    { send: () => true },
    (['VP8', 'VP9', 'H264', 'AV1'] as const).map((name, index) => ({
      kind: 'video' as const,
      mid: String(index),
      codec: { name, clockRate: 90_000, fmtp: {} },
      payloadType: 96 + 2 * index,
      rtxPayloadType: 97 + 2 * index,
      feedback,
      extensions,
      encodings: [{ ssrc: index, rtxSsrc: 100 + index }],
    })),
    { maxBitrateBps: 1e6 },
  );
  const viewer = router.subscribe(
    sink,
    [
      {
        kind: 'video',
        mid: '0',
        ssrc: 500,
        rtxSsrc: 501,
        cname: 'c',
        codecs: [{ codec: { name: 'VP8', clockRate: 90_000, fmtp: {} }, payloadType: 96, rtxPayloadType: 97 }],
        feedback,
        extensions,
      },
    ],
    0,
  );
  return { router, publisher, viewer, delivered };
}

/** Random bytes behind a header that passes the first checks, so that the deeper readers are reached. */
const rtpLike = fc
  .tuple(
    fc.constantFrom(0x80, 0x90, 0xa0, 0xb0),
    fc.integer({ min: 96, max: 104 }),
    fc.integer({ min: 0, max: 104 }),
    fc.uint8Array({ maxLength: 300 }),
  )
  .map(([first, payloadType, ssrc, rest]) =>
    Buffer.from([first, payloadType, 0, 1, 0, 0, 0, 0, 0, 0, 0, ssrc, ...rest]),
  );
const rtcpLike = fc
  .tuple(fc.integer({ min: 0x80, max: 0xbf }), fc.integer({ min: 200, max: 207 }), fc.uint8Array({ maxLength: 200 }))
  .map(([first, type, rest]) => {
    const packet = Buffer.from([first, type, 0, 0, ...rest, ...new Array((4 - (rest.length % 4)) % 4).fill(0)]);
    packet.writeUInt16BE(packet.length / 4 - 1, 2);
    return packet;
  });
const anyPacket = fc.oneof(
  rtpLike,
  rtcpLike,
  fc.uint8Array({ maxLength: 1500 }).map((bytes) => Buffer.from(bytes)),
);

describe('whatever a host or a viewer sends', () => {
  it('throws nothing, and the room goes on for those who behave', () => {
    fc.assert(
      fc.property(fc.array(anyPacket, { maxLength: 40 }), (packets) => {
        const { router, publisher, viewer, delivered } = setUp();
        let nowUs = 0;
        for (const packet of packets) {
          publisher.receive(Buffer.from(packet), nowUs);
          viewer.receive(Buffer.from(packet), nowUs);
          router.tick(nowUs);
          nowUs += 10_000;
        }
        const healthy = router.publish(
          { send: () => true },
          [
            {
              kind: 'video',
              mid: '0',
              codec: { name: 'VP8', clockRate: 90_000, fmtp: {} },
              payloadType: 96,
              feedback,
              extensions,
              encodings: [{ ssrc: 9 }],
            },
          ],
          { maxBitrateBps: 1e6 },
        );
        delivered.length = 0;
        const [first] = new SyntheticVp8({ ssrc: 9, packetsPerFrame: 1 }).nextFrame();
        if (first !== undefined) healthy.receive(first, nowUs);
        expect(delivered).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  it('a storm of NACKs at most doubles what a viewer is sent, and leaves later losses to be repaired', () => {
    const { publisher, viewer, delivered } = setUp();
    const video = new SyntheticVp8({ ssrc: 0, packetsPerFrame: 10 });
    const nack = Buffer.alloc(2000);
    // A downstream's numbers begin with the low bits of its SSRC.
    const sequenceNumbers = Array.from({ length: 64 }, (_, index) => 500 + index);
    const askForAll = () => viewer.receive(nack.subarray(0, writeNack(nack, 0, 1, 500, sequenceNumbers)), 0);
    for (const packet of video.nextFrame()) publisher.receive(packet, 0);
    for (let count = 0; count < 100; count += 1) askForAll();
    expect(delivered).toHaveLength(20);
    for (const packet of video.nextFrame()) publisher.receive(packet, 0);
    askForAll();
    expect(delivered).toHaveLength(40);
  });
});
