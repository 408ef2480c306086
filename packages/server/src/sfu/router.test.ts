import { beforeEach, describe, expect, it } from 'vitest';
import { SyntheticOpus, SyntheticVp8, type SyntheticVp8Options } from '../../../../test/support/synthetic-stream.ts';
import { readTransportCc } from '../rtp/extensions.ts';
import { ntpToUs } from '../rtp/ntp.ts';
import { isRtcp, RtpPacketView } from '../rtp/packet.ts';
import type { ExtensionIds, Feedback, ReceiveTrackParameters, SendTrackParameters } from '../rtp/parameters.ts';
import { inspectPayload } from '../rtp/payload/inspect.ts';
import { PayloadInfo } from '../rtp/payload/payload-info.ts';
import { RtcpCursor, rtcpType } from '../rtp/rtcp/cursor.ts';
import { writePli } from '../rtp/rtcp/keyframe-request.ts';
import { parseNack, writeNack } from '../rtp/rtcp/nack.ts';
import { parseSenderReport, type SenderReport, writeReceiverReport, writeSenderReport } from '../rtp/rtcp/report.ts';
import { parseTransportFeedback } from '../rtp/rtcp/transport-feedback.ts';
import { NullBandwidthEstimator } from './bwe/bandwidth-estimator.ts';
import { Router } from './router.ts';

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
const feedback: Feedback = { nack: true, pli: true, fir: true, transportCc: true, remb: false };
const vp8 = { name: 'VP8', clockRate: 90_000, fmtp: {} } as const;
const opus = { name: 'opus', clockRate: 48_000, channels: 2, fmtp: {} } as const;

const hostVideo: ReceiveTrackParameters = {
  kind: 'video',
  mid: '1',
  codec: vp8,
  payloadType: 96,
  rtxPayloadType: 97,
  feedback,
  extensions: { ...noExtensions, rid: 10, repairedRid: 11, transportCc: 3 },
  encodings: [{ ssrc: 1000, rtxSsrc: 1001 }],
};
const hostAudio: ReceiveTrackParameters = {
  kind: 'audio',
  mid: '0',
  codec: opus,
  payloadType: 111,
  feedback,
  extensions: noExtensions,
  encodings: [{ ssrc: 2000 }],
};
const viewerVideo: SendTrackParameters = {
  kind: 'video',
  mid: '1',
  ssrc: 0xfedc_ba98,
  rtxSsrc: 0xfedc_ba99,
  cname: 'room',
  codecs: [{ codec: vp8, payloadType: 120, rtxPayloadType: 121 }],
  feedback,
  extensions: { ...noExtensions, transportCc: 5, absSendTime: 2 },
};
const viewerAudio: SendTrackParameters = {
  kind: 'audio',
  mid: '0',
  ssrc: 0x1234_5678,
  rtxSsrc: 0,
  cname: 'room',
  codecs: [{ codec: opus, payloadType: 109 }],
  feedback,
  extensions: noExtensions,
};

/** Keeps what was sent, each packet copied as the transport does. */
class Inbox {
  readonly packets: Buffer[] = [];

  send(packet: Buffer): boolean {
    this.packets.push(Buffer.from(packet));
    return true;
  }

  get rtp(): RtpPacketView[] {
    return this.packets.filter((packet) => !isRtcp(packet)).map(parse);
  }

  rtcp<T>(packetType: number, read: (cursor: RtcpCursor) => T | undefined): T[] {
    const found: T[] = [];
    const cursor = new RtcpCursor();
    for (const packet of this.packets.filter(isRtcp)) {
      cursor.open(packet);
      while (cursor.next()) {
        const value = cursor.packetType === packetType ? read(cursor) : undefined;
        if (value !== undefined) found.push(value);
      }
    }
    return found;
  }

  clear(): void {
    this.packets.length = 0;
  }
}

function parse(packet: Buffer): RtpPacketView {
  const view = new RtpPacketView();
  expect(view.parse(packet)).toBe(true);
  return view;
}

function pictureId(packet: RtpPacketView): number {
  const info = new PayloadInfo();
  inspectPayload('VP8', packet.buffer, packet.payloadOffset, packet.payloadLength, info);
  return info.pictureId;
}

function senderReport(ssrc: number, atUs: number, rtpTimestamp: number): Buffer {
  const buffer = Buffer.alloc(28);
  const seconds = Math.floor(atUs / 1e6);
  const report: SenderReport = {
    ssrc,
    ntpSeconds: seconds + 2_208_988_800,
    ntpFraction: Math.round(((atUs - seconds * 1e6) * 2 ** 32) / 1e6),
    rtpTimestamp,
    packetCount: 1,
    octetCount: 1,
    blocks: [],
  };
  writeSenderReport(buffer, 0, report);
  return buffer;
}

function expectContiguous(packets: readonly RtpPacketView[]): void {
  const numbers = packets.map((packet) => packet.sequenceNumber);
  const [first = 0] = numbers;
  expect(numbers).toEqual(numbers.map((_, index) => (first + index) & 0xffff));
}

let router: Router;
let host: Inbox;
let nowUs: number;

beforeEach(() => {
  router = new Router({ createEstimator: () => new NullBandwidthEstimator(Number.POSITIVE_INFINITY) });
  host = new Inbox();
  nowUs = 1_750_000_000e6;
});

function publish(...tracks: ReceiveTrackParameters[]) {
  return router.publish(host, tracks, { maxBitrateBps: 1_500_000 });
}

function join(...tracks: SendTrackParameters[]) {
  const inbox = new Inbox();
  return { inbox, viewer: router.subscribe(inbox, tracks, nowUs) };
}

/** Sends `count` frames of each layer, at their pace, with the ticks between. */
function stream(publisher: ReturnType<typeof publish>, layers: readonly SyntheticVp8[], count: number): void {
  for (let frame = 0; frame < count; frame += 1) {
    for (const layer of layers) {
      for (const packet of layer.nextFrame()) publisher.receive(packet, nowUs);
    }
    nowUs += layers[0]?.frameIntervalUs ?? 0;
    router.tick(nowUs);
  }
}

/** Lets so much time pass that the group of pictures is too old to be replayed. */
function outliveKeyframe(publisher: ReturnType<typeof publish>, video: SyntheticVp8): void {
  stream(publisher, [video], 13 * 30);
}

function layer(options: Partial<SyntheticVp8Options> = {}): SyntheticVp8 {
  return new SyntheticVp8({ ssrc: 1000, packetsPerFrame: 2, packetLength: 200, ...options });
}

describe('a viewer', () => {
  it('gets nothing before a keyframe, then every packet under its own SSRC, payload type and numbering', () => {
    const publisher = publish(hostVideo);
    const video = layer({ firstSequence: 65_530, firstTimestamp: 0xffff_ff00 });
    outliveKeyframe(publisher, video);
    const { inbox } = join(viewerVideo);
    stream(publisher, [video], 2);
    expect(inbox.rtp).toHaveLength(0);
    video.requestKeyframe();
    stream(publisher, [video], 5);
    expect(inbox.rtp).toHaveLength(10);
    expectContiguous(inbox.rtp);
    for (const packet of inbox.rtp) {
      expect(packet.ssrc).toBe(viewerVideo.ssrc);
      expect(packet.payloadType).toBe(120);
      expect(packet.buffer.subarray(packet.payloadOffset + 20)).toEqual(Buffer.alloc(200 - 12 - 20, 0xa5));
    }
    expect(inbox.rtp.map((packet) => packet.marker)).toEqual(Array.from({ length: 5 }, () => [false, true]).flat());
    const transport = inbox.rtp.map((packet) => readTransportCc(packet, 5));
    expect(transport).toEqual(transport.map((_, index) => index));
  });

  it('begins low in the sequence space, for SRTP', () => {
    const publisher = publish(hostVideo);
    const { inbox } = join(viewerVideo);
    stream(publisher, [layer({ firstSequence: 65_000 })], 1);
    expect(inbox.rtp[0]?.sequenceNumber).toBeLessThan(0x4000);
  });

  it('is not disturbed by what another viewer negotiated', () => {
    const publisher = publish(hostVideo);
    const rich = join(viewerVideo);
    const plain = join({ ...viewerVideo, ssrc: 7, extensions: noExtensions });
    stream(publisher, [layer()], 2);
    expect(rich.inbox.rtp.map((packet) => readTransportCc(packet, 5))).toEqual([0, 1, 2, 3]);
    for (const packet of plain.inbox.rtp) {
      expect(packet.buffer.subarray(16, 28)).toEqual(Buffer.alloc(12));
      expect(packet.ssrc).toBe(7);
    }
  });

  it('asks the host for one keyframe, however many viewers join', () => {
    const publisher = publish(hostVideo);
    const video = layer();
    outliveKeyframe(publisher, video);
    host.clear();
    for (let count = 0; count < 50; count += 1) join({ ...viewerVideo, ssrc: count + 1 });
    stream(publisher, [video], 30);
    const requests = host.rtcp(rtcpType.payloadFeedback, (cursor) => cursor.format);
    expect(requests).toHaveLength(1);
  });

  it('repeats the request each second until the keyframe comes', () => {
    const publisher = publish(hostVideo);
    const video = layer();
    outliveKeyframe(publisher, video);
    host.clear();
    join(viewerVideo);
    stream(publisher, [video], 95);
    expect(host.rtcp(rtcpType.payloadFeedback, (cursor) => cursor.format).length).toBeGreaterThanOrEqual(3);
    video.requestKeyframe();
    stream(publisher, [video], 1);
    host.clear();
    stream(publisher, [video], 60);
    expect(host.rtcp(rtcpType.payloadFeedback, (cursor) => cursor.format)).toHaveLength(0);
  });

  it('may ask for a keyframe itself', () => {
    const publisher = publish(hostVideo);
    const video = layer();
    const { viewer } = join(viewerVideo);
    stream(publisher, [video], 2);
    const pli = Buffer.alloc(12);
    writePli(pli, 0, 1, viewerVideo.ssrc);
    viewer.receive(pli, nowUs);
    host.clear();
    stream(publisher, [video], 1);
    expect(host.rtcp(rtcpType.payloadFeedback, (cursor) => cursor.format)).toHaveLength(1);
  });

  it('gets a lost packet again, as RTX', () => {
    const publisher = publish(hostVideo);
    const { inbox, viewer } = join(viewerVideo);
    stream(publisher, [layer()], 3);
    const lost = inbox.rtp[3];
    if (lost === undefined) throw new Error('no packet');
    inbox.clear();
    const nack = Buffer.alloc(16);
    writeNack(nack, 0, 1, viewerVideo.ssrc, [lost.sequenceNumber]);
    viewer.receive(nack, nowUs);
    const [repair] = inbox.rtp;
    expect(repair?.ssrc).toBe(viewerVideo.rtxSsrc);
    expect(repair?.payloadType).toBe(121);
    expect(repair?.timestamp).toBe(lost.timestamp);
    expect(repair?.marker).toBe(lost.marker);
    expect(repair?.buffer.readUInt16BE(repair.payloadOffset)).toBe(lost.sequenceNumber);
    expect(repair?.buffer.subarray(repair.payloadOffset + 2)).toEqual(lost.buffer.subarray(lost.payloadOffset));
  });

  it('gets a lost packet again as it was, where RTX was not negotiated', () => {
    const publisher = publish(hostVideo);
    const { inbox, viewer } = join({ ...viewerVideo, rtxSsrc: 0 });
    stream(publisher, [layer()], 3);
    const lost = inbox.rtp[2];
    if (lost === undefined) throw new Error('no packet');
    inbox.clear();
    const nack = Buffer.alloc(20);
    writeNack(nack, 0, 1, viewerVideo.ssrc, [lost.sequenceNumber, (lost.sequenceNumber + 4000) & 0xffff]);
    viewer.receive(nack, nowUs);
    expect(inbox.rtp).toHaveLength(1);
    expect(inbox.rtp[0]?.sequenceNumber).toBe(lost.sequenceNumber);
    expect(inbox.rtp[0]?.buffer.subarray(28)).toEqual(lost.buffer.subarray(28));
  });

  it('that leaves is sent nothing more', () => {
    const publisher = publish(hostVideo);
    const video = layer();
    const leaver = join(viewerVideo);
    const stayer = join({ ...viewerVideo, ssrc: 7 });
    stream(publisher, [video], 2);
    router.unsubscribe(leaver.viewer);
    leaver.inbox.clear();
    stream(publisher, [video], 2);
    expect(leaver.inbox.packets).toHaveLength(0);
    expectContiguous(stayer.inbox.rtp);
    expect(stayer.inbox.rtp).toHaveLength(8);
  });
});

describe('a viewer who joins in the middle of a group of pictures', () => {
  const keyframes = () => host.rtcp(rtcpType.payloadFeedback, (cursor) => cursor.format);

  it('is shown it from the keyframe on, without a gap and without a request to the host', () => {
    const publisher = publish(hostVideo);
    const video = layer({ packetsPerFrame: 6, packetLength: 1200 });
    stream(publisher, [video], 150);
    const { inbox } = join(viewerVideo);
    expect(inbox.rtp.length).toBeGreaterThan(0);
    const joinedUs = nowUs;
    while (inbox.rtp.length < 6 * 150 && nowUs - joinedUs < 1e6) {
      nowUs += 20_000;
      router.tick(nowUs);
    }
    expect(inbox.rtp).toHaveLength(6 * 150);
    expect(nowUs - joinedUs).toBeLessThan(400_000);
    stream(publisher, [video], 10);
    const packets = inbox.rtp;
    expect(packets).toHaveLength(6 * 160);
    expectContiguous(packets);
    expect(packets.filter((packet) => packet.marker)).toHaveLength(160);
    const info = new PayloadInfo();
    const [first] = packets;
    if (first === undefined) throw new Error('nothing sent');
    inspectPayload('VP8', first.buffer, first.payloadOffset, first.payloadLength, info);
    expect(info.keyframeStart).toBe(true);
    expect(keyframes()).toEqual([]);
  });

  it('catches up with a stream that goes on, at a bounded rate', () => {
    const publisher = publish(hostVideo);
    const video = layer({ packetsPerFrame: 6, packetLength: 1200 });
    stream(publisher, [video], 300);
    const { inbox } = join(viewerVideo);
    let mostBytes = 0;
    for (let frame = 0; frame < 30; frame += 1) {
      const before = inbox.packets.length;
      stream(publisher, [video], 1);
      const bytes = inbox.packets.slice(before).reduce((sum, packet) => sum + packet.length, 0);
      mostBytes = Math.max(mostBytes, bytes);
    }
    // 33 ms and a burst of 40 ms at 30 Mbps.
    expect(mostBytes).toBeLessThan((30e6 / 8) * 0.075);
    expect(inbox.rtp).toHaveLength(6 * 330);
    expectContiguous(inbox.rtp);
  });

  it('can have packets of the replay repaired', () => {
    const publisher = publish(hostVideo);
    const video = layer();
    stream(publisher, [video], 20);
    const { inbox, viewer } = join(viewerVideo);
    stream(publisher, [video], 10);
    const lost = inbox.rtp[5];
    if (lost === undefined) throw new Error('nothing sent');
    inbox.clear();
    const nack = Buffer.alloc(16);
    writeNack(nack, 0, 1, viewerVideo.ssrc, [lost.sequenceNumber]);
    viewer.receive(nack, nowUs);
    expect(inbox.rtp[0]?.buffer.subarray(30)).toEqual(lost.buffer.subarray(28));
  });

  it('waits for a keyframe where the group has a hole', () => {
    const publisher = publish(hostVideo);
    const video = layer();
    for (let frame = 0; frame < 60; frame += 1) {
      for (const [index, packet] of video.nextFrame().entries()) {
        if (frame !== 10 || index !== 1) publisher.receive(packet, nowUs);
      }
      nowUs += video.frameIntervalUs;
      router.tick(nowUs);
    }
    host.clear();
    nowUs += 1e6;
    const { inbox } = join(viewerVideo);
    stream(publisher, [video], 5);
    expect(inbox.rtp).toEqual([]);
    expect(keyframes()).toHaveLength(1);
  });

  it('gets a packet that is repaired while others are held back in its place', () => {
    const publisher = publish(hostVideo);
    const video = layer({ packetsPerFrame: 6, packetLength: 1200 });
    stream(publisher, [video], 60);
    const late = video.nextFrame();
    const missing = late.splice(2, 1)[0];
    for (const packet of late) publisher.receive(packet, nowUs);
    const { inbox } = join(viewerVideo);
    for (let tick = 0; tick < 50; tick += 1) {
      nowUs += 20_000;
      router.tick(nowUs);
    }
    if (missing !== undefined) publisher.receive(missing, nowUs);
    stream(publisher, [video], 2);
    const numbers = inbox.rtp.map((packet) => packet.sequenceNumber).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
    expect(numbers).toHaveLength(6 * 63);
  });
});

describe("reordering and loss on the host's line", () => {
  it('keeps the order of the numbers, and a keyframe that comes out of order is whole', () => {
    const publisher = publish(hostVideo);
    const { inbox } = join(viewerVideo);
    const video = layer({ packetsPerFrame: 3 });
    const [first, second, third] = video.nextFrame();
    for (const packet of [second, first, third]) {
      if (packet !== undefined) publisher.receive(packet, nowUs);
    }
    const numbers = inbox.rtp.map((packet) => packet.sequenceNumber).sort((a, b) => a - b);
    const [base = 0] = numbers;
    expect(numbers).toEqual([base, base + 1, base + 2]);
  });

  it('is repaired by NACK toward the host, and a duplicate is not forwarded twice', () => {
    const publisher = publish(hostVideo);
    const { inbox } = join(viewerVideo);
    const video = layer({ packetsPerFrame: 4 });
    const packets = [...video.nextFrame(), ...video.nextFrame()];
    const lost = packets.splice(5, 1)[0];
    for (const packet of packets) publisher.receive(packet, nowUs);
    router.tick(nowUs);
    expect(
      host.rtcp(rtcpType.transportFeedback, (cursor) => (cursor.format === 1 ? parseNack(cursor) : undefined)),
    ).toEqual([]);
    nowUs += 15_000;
    router.tick(nowUs);
    const nacks = host.rtcp(rtcpType.transportFeedback, (cursor) =>
      cursor.format === 1 ? parseNack(cursor) : undefined,
    );
    expect(nacks).toEqual([{ senderSsrc: 1, mediaSsrc: 1000, sequenceNumbers: [5] }]);
    if (lost === undefined) throw new Error('no packet');
    publisher.receive(lost, nowUs);
    publisher.receive(lost, nowUs);
    expect(inbox.rtp).toHaveLength(8);
    const numbers = inbox.rtp.map((packet) => packet.sequenceNumber).sort((a, b) => a - b);
    expect(new Set(numbers).size).toBe(8);
    host.clear();
    nowUs += 500_000;
    router.tick(nowUs);
    expect(
      host.rtcp(rtcpType.transportFeedback, (cursor) => (cursor.format === 1 ? parseNack(cursor) : undefined)),
    ).toEqual([]);
  });

  it('is reported to the host by transport-wide feedback', () => {
    const publisher = publish(hostVideo);
    let transport = 100;
    const video = layer({ transportCc: { id: 3, next: () => transport++ } });
    const packets = [...video.nextFrame(), ...video.nextFrame()];
    const startUs = nowUs;
    for (const [index, packet] of packets.entries()) {
      if (index !== 2) publisher.receive(packet, startUs + index * 1000);
    }
    nowUs += 60_000;
    router.tick(nowUs);
    const [report] = host.rtcp(rtcpType.transportFeedback, (cursor) =>
      cursor.format === 15 ? parseTransportFeedback(cursor) : undefined,
    );
    expect(report?.baseSequenceNumber).toBe(100);
    const [a = 0, b = 0, c = 0, d = 0] = report?.arrivalTimesUs ?? [];
    expect(c).toBe(-1);
    expect([b - a, d - a]).toEqual([1000, 3000]);
  });
});

describe('sender reports', () => {
  it('put audio and video of a viewer on one clock, as the host had them', () => {
    const publisher = publish(hostVideo, hostAudio);
    const { inbox } = join(viewerVideo, viewerAudio);
    const hostClockErrorUs = -77_000_000;
    const video = layer({ firstTimestamp: 5_000_000 });
    const audio = new SyntheticOpus({ ssrc: 2000 });
    const startUs = nowUs;
    for (const packet of video.nextFrame()) publisher.receive(packet, nowUs);
    publisher.receive(audio.nextPacket(), nowUs);
    // The audio's first sample was captured 40 ms after the first picture.
    publisher.receive(senderReport(1000, startUs + hostClockErrorUs, 5_000_000), nowUs + 20_000);
    publisher.receive(senderReport(2000, startUs + 40_000 + hostClockErrorUs, 0), nowUs + 60_000);
    nowUs += 1_000_000;
    router.tick(nowUs);
    const reports = inbox.rtcp(rtcpType.senderReport, (cursor) => parseSenderReport(cursor));
    const [videoOut, audioOut] = [viewerVideo.ssrc, viewerAudio.ssrc].map((ssrc) => {
      const report = reports.find((candidate) => candidate.ssrc === ssrc);
      const first = inbox.rtp.find((packet) => packet.ssrc === ssrc);
      if (report === undefined || first === undefined) throw new Error('nothing sent');
      const clockRate = ssrc === viewerVideo.ssrc ? 90_000 : 48_000;
      const ntpUs = ntpToUs(report.ntpSeconds, report.ntpFraction);
      return ntpUs - (((report.rtpTimestamp - first.timestamp) | 0) * 1e6) / clockRate;
    });
    expect(Math.abs((audioOut ?? 0) - (videoOut ?? 0) - 40_000)).toBeLessThan(100);
    // The smaller of the two reports' delays stands for the clocks' difference.
    expect(Math.abs((videoOut ?? 0) - startUs - 20_000)).toBeLessThan(100);
  });

  it('of the host that cannot be right are ignored, and arrival times stand in after a while', () => {
    const publisher = publish(hostVideo);
    const { inbox } = join(viewerVideo);
    const video = layer({ firstTimestamp: 1000 });
    const startUs = nowUs;
    stream(publisher, [video], 1);
    publisher.receive(senderReport(1000, nowUs, 0xffff_ffff), nowUs);
    stream(publisher, [video], 30);
    expect(inbox.rtcp(rtcpType.senderReport, (cursor) => parseSenderReport(cursor))).toEqual([]);
    stream(publisher, [video], 100);
    const [report] = inbox.rtcp(rtcpType.senderReport, (cursor) => parseSenderReport(cursor));
    if (report === undefined) throw new Error('no report');
    const atUs = ntpToUs(report.ntpSeconds, report.ntpFraction);
    expect(Math.abs(report.rtpTimestamp - 1000 - ((atUs - startUs) * 90_000) / 1e6)).toBeLessThan(10);
  });

  it('let the round trip be measured', () => {
    const publisher = publish(hostVideo);
    const { inbox, viewer } = join(viewerVideo);
    const video = layer();
    stream(publisher, [video], 1);
    publisher.receive(senderReport(1000, nowUs, video.timestamp), nowUs);
    stream(publisher, [video], 1);
    const [report] = inbox.rtcp(rtcpType.senderReport, (cursor) => parseSenderReport(cursor));
    if (report === undefined) throw new Error('no report');
    const reply = Buffer.alloc(32);
    writeReceiverReport(reply, 0, {
      ssrc: 1,
      blocks: [
        {
          ssrc: viewerVideo.ssrc,
          fractionLost: 64,
          cumulativeLost: 1,
          highestSequenceNumber: 1,
          jitter: 0,
          lastSenderReport: (((report.ntpSeconds & 0xffff) << 16) | (report.ntpFraction >>> 16)) >>> 0,
          delaySinceLastSenderReport: Math.round(0.05 * 65_536),
        },
      ],
    });
    viewer.receive(reply, nowUs + 80_000);
    expect(Math.abs(viewer.roundTripUs - 30_000)).toBeLessThan(50);
    expect(viewer.fractionLost).toBe(0.25);
  });
});

describe('simulcast', () => {
  const simulcast: ReceiveTrackParameters = { ...hostVideo, encodings: [{ rid: 'q' }, { rid: 'h' }] };
  const low = () =>
    layer({
      ssrc: 31,
      rid: { id: 10, value: 'q' },
      width: 320,
      height: 180,
      firstSequence: 500,
      firstPictureId: 9000,
      firstTimestamp: 777,
    });
  const high = () =>
    layer({
      ssrc: 32,
      rid: { id: 10, value: 'h' },
      width: 1280,
      height: 720,
      firstSequence: 65_000,
      firstPictureId: 3,
      firstTimestamp: 99_999_999,
    });

  it('gives the highest layer, and changes to it without a gap when it comes up later', () => {
    const publisher = publish(simulcast);
    const { inbox } = join(viewerVideo);
    const layers = [low(), high()] as const;
    stream(publisher, [layers[0]], 10);
    const before = inbox.rtp.length;
    expect(before).toBe(20);
    stream(publisher, layers, 10);
    const packets = inbox.rtp;
    // The frame at which it changes comes twice: low was first.
    expect(packets).toHaveLength(42);
    expectContiguous(packets);
    const ids = packets.map(pictureId);
    expect(ids.filter((_, index) => index % 2 === 0)).toEqual(
      Array.from({ length: 21 }, (_, index) => (ids[0] ?? 0) + index),
    );
    const steps = packets.slice(1).map((packet, index) => (packet.timestamp - (packets[index]?.timestamp ?? 0)) | 0);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...steps)).toBeLessThan(2 * 3000);
  });

  it('falls back to the lower layer when the higher one stops', () => {
    const publisher = publish(simulcast);
    const { inbox } = join(viewerVideo);
    const layers = [low(), high()] as const;
    stream(publisher, layers, 10);
    inbox.clear();
    stream(publisher, [layers[0]], 60);
    layers[0].requestKeyframe();
    stream(publisher, [layers[0]], 5);
    expect(inbox.rtp.length).toBe(10);
    const requests = host.rtcp(rtcpType.payloadFeedback, (cursor) => cursor.buffer.readUInt32BE(8));
    expect(requests).toContain(31);
  });

  it('repairs after a step down what came with it, and no more what came before', () => {
    const publisher = publish(simulcast);
    const { inbox, viewer } = join(viewerVideo);
    const layers = [low(), high()] as const;
    stream(publisher, layers, 10);
    const beforeStep = inbox.rtp.at(-1)?.sequenceNumber ?? 0;
    stream(publisher, [layers[0]], 60);
    layers[0].requestKeyframe();
    stream(publisher, [layers[0]], 5);
    const afterStep = inbox.rtp.at(-1)?.sequenceNumber ?? 0;
    inbox.clear();
    const nack = Buffer.alloc(20);
    const length = writeNack(nack, 0, 1, viewerVideo.ssrc, [beforeStep, afterStep]);
    viewer.receive(nack.subarray(0, length), nowUs);
    const repaired = inbox.rtp.map(({ buffer, payloadOffset }) => buffer.readUInt16BE(payloadOffset));
    expect(repaired).toEqual([afterStep]);
  });
});

describe('a host that comes back', () => {
  it('goes on toward the same viewers with other SSRCs and numbers, without a gap', () => {
    const first = publish(hostVideo);
    const { inbox } = join(viewerVideo);
    stream(first, [layer({ firstSequence: 10, firstTimestamp: 90_000, firstPictureId: 100 })], 5);
    nowUs += 2_000_000;
    const second = publish({ ...hostVideo, payloadType: 100, encodings: [{ ssrc: 4000 }] });
    stream(
      second,
      [layer({ ssrc: 4000, payloadType: 100, firstSequence: 40_000, firstTimestamp: 7, firstPictureId: 30_000 })],
      5,
    );
    const packets = inbox.rtp;
    expect(packets).toHaveLength(20);
    expectContiguous(packets);
    expect((packets[10]?.timestamp ?? 0) - (packets[9]?.timestamp ?? 0)).toBeGreaterThan(180_000 - 3000);
    const ids = packets.map(pictureId);
    expect(ids.at(-1)).toBe((ids[0] ?? 0) + 9);
    expect(new Set(packets.map((packet) => packet.payloadType))).toEqual(new Set([120]));
  });
});
