import { beforeEach, describe, expect, it } from 'vitest';
import { SyntheticVp8 } from '../../../../test/support/synthetic-stream.ts';
import { isRtcp, RtpPacketView } from '../rtp/packet.ts';
import type { ExtensionIds, Feedback, ReceiveTrackParameters, SendTrackParameters } from '../rtp/parameters.ts';
import { inspectPayload } from '../rtp/payload/inspect.ts';
import { PayloadInfo } from '../rtp/payload/payload-info.ts';
import { NullBandwidthEstimator } from './bwe/bandwidth-estimator.ts';
import type { Publisher } from './publisher.ts';
import { Router } from './router.ts';
import type { Viewer } from './viewer.ts';

const noExtensions: ExtensionIds = {
  mid: 0,
  rid: 0,
  repairedRid: 0,
  transportCc: 0,
  absSendTime: 0,
  audioLevel: 0,
  videoOrientation: 0,
  dependencyDescriptor: 0,
};
const feedback: Feedback = { nack: true, pli: true, fir: false, transportCc: false, remb: false };
const vp8 = { name: 'VP8', clockRate: 90_000, fmtp: {} } as const;
const h264 = { name: 'H264', clockRate: 90_000, fmtp: {} } as const;
const opus = { name: 'opus', clockRate: 48_000, channels: 2, fmtp: {} } as const;
const audioLevelId = 1;
const [loud, quiet] = [20, 70];

const hostTracks: readonly ReceiveTrackParameters[] = [
  {
    kind: 'audio',
    mid: '0',
    codec: opus,
    payloadType: 111,
    feedback,
    extensions: { ...noExtensions, audioLevel: audioLevelId },
    encodings: [{ ssrc: 2000 }],
  },
  {
    kind: 'video',
    mid: '1',
    codec: vp8,
    payloadType: 96,
    rtxPayloadType: 97,
    feedback,
    extensions: noExtensions,
    encodings: [{ ssrc: 1000, rtxSsrc: 1001 }],
  },
];

function viewerTracks(slots: number, codec: typeof vp8 | typeof h264 = vp8): SendTrackParameters[] {
  return Array.from({ length: slots }, (_, slot): SendTrackParameters[] => [
    {
      kind: 'audio',
      mid: `a${slot}`,
      ssrc: 10 + slot,
      rtxSsrc: 0,
      cname: 'room',
      codecs: [{ codec: opus, payloadType: 109 }],
      feedback,
      extensions: noExtensions,
    },
    {
      kind: 'video',
      mid: `v${slot}`,
      ssrc: 20 + slot,
      rtxSsrc: 30 + slot,
      cname: 'room',
      codecs: [{ codec, payloadType: 120, rtxPayloadType: 121 }],
      feedback,
      extensions: noExtensions,
    },
  ]).flat();
}

/** A host whose packets can be told from the others' by their length. */
class Host {
  readonly id: string;
  readonly size: number;
  readonly publisher: Publisher;
  readonly video: SyntheticVp8;
  level = quiet;
  keyframeRequests = 0;
  #sequence: number;
  #timestamp: number;

  constructor(id: string, size: number, tracks = hostTracks) {
    this.id = id;
    this.size = size;
    const sink = {
      send: (packet: Buffer) => {
        // Payload-specific feedback (RFC 4585): a picture loss indication here.
        if (packet[1] === 206) this.keyframeRequests += 1;
        return true;
      },
    };
    this.publisher = router.publish(sink, tracks, { maxBitrateBps: 1e6, hostId: id });
    this.video = new SyntheticVp8({ ssrc: 1000, packetsPerFrame: 2, packetLength: size });
    this.#sequence = size * 7;
    this.#timestamp = size * 1000;
  }

  /** One frame of video and the audio that goes with it. */
  send(): void {
    for (const packet of this.video.nextFrame()) this.publisher.receive(packet, nowUs);
    const audio = Buffer.alloc(20 + this.size);
    audio[0] = 0x90;
    audio[1] = 111;
    audio.writeUInt16BE(this.#sequence & 0xffff, 2);
    audio.writeUInt32BE(this.#timestamp >>> 0, 4);
    audio.writeUInt32BE(2000, 8);
    audio.writeUInt32BE(0xbede0001, 12);
    audio[16] = audioLevelId << 4;
    audio[17] = this.level;
    this.#sequence += 1;
    this.#timestamp += 1600;
    this.publisher.receive(audio, nowUs);
  }
}

/** What one viewer was sent. */
class Audience {
  readonly packets: Buffer[] = [];
  readonly viewer: Viewer;

  constructor(tracks: readonly SendTrackParameters[]) {
    const send = (packet: Buffer) => {
      this.packets.push(Buffer.from(packet));
      return true;
    };
    this.viewer = router.subscribe({ send }, tracks, nowUs);
  }

  rtp(ssrc: number): RtpPacketView[] {
    return this.packets
      .filter((packet) => !isRtcp(packet))
      .map((packet) => {
        const view = new RtpPacketView();
        view.parse(packet);
        return view;
      })
      .filter((view) => view.ssrc === ssrc);
  }

  /** Sizes by which hosts are told, in the order in which they were seen (or heard) on this SSRC. */
  seen(ssrc: number): number[] {
    const isVideo = ssrc >= 20;
    const sizes = this.rtp(ssrc).map((view) => view.payloadLength + (isVideo ? 12 : 0));
    return sizes.filter((size, index) => size !== sizes[index - 1]);
  }

  expectSound(ssrc: number): void {
    const packets = this.rtp(ssrc);
    for (const [index, packet] of packets.entries()) {
      const before = packets[index - 1];
      if (before === undefined) continue;
      expect((packet.sequenceNumber - before.sequenceNumber) & 0xffff).toBe(1);
      const elapsed = (packet.timestamp - before.timestamp) | 0;
      expect(elapsed).toBeGreaterThanOrEqual(0);
      // Never further on than the second or two that a change takes.
      expect(elapsed).toBeLessThan(3 * 90_000);
    }
  }

  get slots(): string {
    return this.viewer.slots.map(({ mid, hostId }) => `${mid}:${hostId ?? '-'}`).join(' ');
  }
}

let router: Router;
let nowUs: number;

beforeEach(() => {
  router = new Router({ createEstimator: () => new NullBandwidthEstimator(Number.POSITIVE_INFINITY) });
  nowUs = 1_750_000_000e6;
});

/** Lets the hosts send for so long, at 30 frames a second; keyframes come as they are asked for. */
function run(seconds: number, hosts: readonly Host[]): void {
  const requests = hosts.map((host) => host.keyframeRequests);
  for (let frame = 0; frame < seconds * 30; frame += 1) {
    for (const [index, host] of hosts.entries()) {
      if (host.keyframeRequests > (requests[index] ?? 0)) host.video.requestKeyframe();
      requests[index] = host.keyframeRequests;
      host.send();
    }
    nowUs += 33_333;
    router.tick(nowUs);
  }
}

describe('a viewer with a slot for each host', () => {
  it('gets each in its own SSRCs, which it keeps whoever speaks', () => {
    const hosts = [new Host('ann', 200), new Host('bob', 210), new Host('eve', 220)];
    const [, bob] = hosts;
    run(1, hosts);
    const audience = new Audience(viewerTracks(3));
    if (bob !== undefined) bob.level = loud;
    run(3, hosts);
    expect(router.activeSpeaker).toBe('bob');
    expect([20, 21, 22].map((ssrc) => audience.seen(ssrc))).toEqual([[200], [210], [220]]);
    expect([10, 11, 12].map((ssrc) => audience.seen(ssrc))).toEqual([[200], [210], [220]]);
    for (const ssrc of [10, 11, 12, 20, 21, 22]) audience.expectSound(ssrc);
    expect(audience.slots).toBe('a0:ann v0:ann a1:bob v1:bob a2:eve v2:eve');
  });

  it('sees a host who comes later in the next slot, from its first keyframe on', () => {
    const ann = new Host('ann', 200);
    const audience = new Audience(viewerTracks(2));
    run(1, [ann]);
    expect(audience.rtp(21)).toHaveLength(0);
    const bob = new Host('bob', 210);
    run(1, [ann, bob]);
    expect(audience.seen(21)).toEqual([210]);
    const info = new PayloadInfo();
    const [first] = audience.rtp(21);
    if (first === undefined) throw new Error('nothing sent');
    inspectPayload('VP8', first.buffer, first.payloadOffset, first.payloadLength, info);
    expect(info.keyframeStart).toBe(true);
  });

  it('sees a host that was killed come back in its slot, while the others go on', () => {
    const [ann, bob] = [new Host('ann', 200), new Host('bob', 210)];
    const audience = new Audience(viewerTracks(2));
    run(1, [ann, bob]);
    router.unpublish(ann.publisher);
    const before = audience.rtp(21).length;
    run(5, [bob]);
    expect(audience.slots).toBe('a0:ann v0:ann a1:bob v1:bob');
    expect(audience.rtp(21).length - before).toBe(5 * 30 * 2);
    const back = new Host('ann', 230);
    run(2, [bob, back]);
    expect(audience.seen(20)).toEqual([200, 230]);
    expect(audience.seen(21)).toEqual([210]);
    for (const ssrc of [10, 11, 21]) audience.expectSound(ssrc);
    const numbers = audience.rtp(20).map(({ sequenceNumber }) => sequenceNumber);
    expect(numbers).toEqual(numbers.map((_, index) => ((numbers[0] ?? 0) + index) & 0xffff));
  });

  it('has the slot free again some seconds after a host has gone', () => {
    const [ann, bob] = [new Host('ann', 200), new Host('bob', 210)];
    const audience = new Audience(viewerTracks(2));
    run(1, [ann, bob]);
    router.unpublish(ann.publisher);
    const version = router.slotsVersion;
    run(16, [bob]);
    expect(audience.slots).toBe('a0:- v0:- a1:bob v1:bob');
    expect(router.slotsVersion).toBeGreaterThan(version);
    const eve = new Host('eve', 220);
    run(2, [bob, eve]);
    expect(audience.seen(20)).toEqual([200, 220]);
  });

  it('is not hurt by the late end of a session that was taken over', () => {
    const first = new Host('ann', 200);
    const audience = new Audience(viewerTracks(1));
    run(1, [first]);
    const second = new Host('ann', 210);
    router.unpublish(first.publisher);
    run(1, [second]);
    expect(audience.seen(20)).toEqual([200, 210]);
  });
});

describe('a viewer with one slot', () => {
  it('is given the main host, and follows the active speaker without a gap', () => {
    const [ann, bob] = [new Host('ann', 200), new Host('bob', 210)];
    const audience = new Audience(viewerTracks(1));
    run(2, [ann, bob]);
    expect([audience.seen(20), audience.seen(10)]).toEqual([[200], [200]]);
    bob.level = loud;
    run(4, [ann, bob]);
    expect([audience.seen(20), audience.seen(10)]).toEqual([
      [200, 210],
      [200, 210],
    ]);
    bob.level = quiet;
    ann.level = loud;
    run(4, [ann, bob]);
    expect([audience.seen(20), audience.seen(10)]).toEqual([
      [200, 210, 200],
      [200, 210, 200],
    ]);
    audience.expectSound(20);
    audience.expectSound(10);
  });

  it('sees another host at once when the one it saw has gone', () => {
    const [ann, bob] = [new Host('ann', 200), new Host('bob', 210)];
    const audience = new Audience(viewerTracks(1));
    run(1, [ann, bob]);
    router.unpublish(ann.publisher);
    run(1, [bob]);
    expect(audience.seen(20)).toEqual([200, 210]);
    expect(audience.slots).toBe('a0:bob v0:bob');
    audience.expectSound(20);
  });

  it('keeps the picture it has where the one who speaks sends none, and hears that one', () => {
    const ann = new Host('ann', 200);
    const bob = new Host('bob', 210, hostTracks.slice(0, 1));
    const audience = new Audience(viewerTracks(1));
    bob.level = loud;
    run(4, [ann, bob]);
    expect([audience.seen(20), audience.seen(10)]).toEqual([[200], [200, 210]]);
  });

  it('is told of nothing it cannot decode, as long as there is one it can', () => {
    new Host('ann', 200);
    const able = new Audience(viewerTracks(1));
    const unable = new Audience(viewerTracks(1, h264));
    expect(router.canDecode(able.viewer)).toBe(true);
    expect(router.canDecode(unable.viewer)).toBe(false);
    const ofH264 = hostTracks.map((track) => (track.kind === 'video' ? { ...track, codec: h264 } : track));
    new Host('bob', 210, ofH264);
    expect(router.canDecode(unable.viewer)).toBe(true);
    expect(unable.slots).toBe('a0:ann v0:bob');
  });
});

describe('several videos on one line', () => {
  it('are paused the least important first, and the speaker is the most important', () => {
    const bps = 330_000;
    router = new Router({ createEstimator: () => new NullBandwidthEstimator(bps) });
    // Some 118 kbps of video each, and 60 kbps of audio.
    const hosts = [new Host('ann', 230), new Host('bob', 231), new Host('eve', 232)];
    const [, , eve] = hosts;
    const audience = new Audience(viewerTracks(3));
    run(6, hosts);
    const paused = () => audience.viewer.video.map(({ isPaused }) => isPaused);
    expect(paused()).toEqual([false, true, true]);
    if (eve !== undefined) eve.level = loud;
    run(8, hosts);
    expect(paused()).toEqual([true, true, false]);
    expect(audience.rtp(10).length).toBeGreaterThan(13 * 30);
    expect(audience.rtp(11).length).toBeGreaterThan(13 * 30);
  });
});
