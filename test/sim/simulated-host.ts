import { ntpFraction, ntpSeconds } from '../../packages/server/src/rtp/ntp.ts';
import { RtpPacketView } from '../../packages/server/src/rtp/packet.ts';
import type { ExtensionIds, Feedback, ReceiveTrackParameters } from '../../packages/server/src/rtp/parameters.ts';
import { payloadFeedbackFormat, RtcpCursor, rtcpType } from '../../packages/server/src/rtp/rtcp/cursor.ts';
import { parsePli } from '../../packages/server/src/rtp/rtcp/keyframe-request.ts';
import { parseNack } from '../../packages/server/src/rtp/rtcp/nack.ts';
import { writeSenderReport } from '../../packages/server/src/rtp/rtcp/report.ts';
import { rtxOverhead, wrapRtx } from '../../packages/server/src/rtp/rtx.ts';
import { SyntheticOpus, SyntheticVp8 } from '../support/synthetic-stream.ts';
import type { VirtualTime } from './virtual-time.ts';

export const noExtensions: ExtensionIds = {
  mid: 0,
  rid: 0,
  repairedRid: 0,
  transportCc: 0,
  absSendTime: 0,
  audioLevel: 0,
  videoOrientation: 0,
  dependencyDescriptor: 0,
};
export const feedback: Feedback = { nack: true, pli: true, fir: true, transportCc: true, remb: false };
export const vp8 = { name: 'VP8', clockRate: 90_000, fmtp: {} } as const;
export const opus = { name: 'opus', clockRate: 48_000, channels: 2, fmtp: {} } as const;

const framesPerSecond = 30;
const audioSsrc = 2000;
const [rtxPayloadType, ridId, repairedRidId] = [97, 10, 11];
/** 150, 500 and 1500 kbps at 30 frames a second. */
const layers = [
  { rid: 'q', ssrc: 1000, width: 320, height: 180, packetsPerFrame: 1, packetLength: 625 },
  { rid: 'h', ssrc: 1010, width: 640, height: 360, packetsPerFrame: 2, packetLength: 1042 },
  { rid: 'f', ssrc: 1020, width: 1280, height: 720, packetsPerFrame: 6, packetLength: 1042 },
] as const;
/** A keyframe is so many times as big as the others. */
const keyframeFactor = 4;
/** How long an encoder takes for the keyframe that it was asked for. */
const keyframeDelayUs = 50_000;
/** Packets of each layer that can be sent again: about 5 s. */
const keptPackets = 1024;
const reportLength = 28;

export const hostTracks: readonly ReceiveTrackParameters[] = [
  {
    kind: 'audio',
    mid: '0',
    codec: opus,
    payloadType: 111,
    feedback,
    extensions: noExtensions,
    encodings: [{ ssrc: audioSsrc }],
  },
  {
    kind: 'video',
    mid: '1',
    codec: vp8,
    payloadType: 96,
    rtxPayloadType,
    feedback,
    extensions: { ...noExtensions, rid: ridId, repairedRid: repairedRidId },
    encodings: layers.map(({ rid }) => ({ rid })),
  },
];

/** One simulcast layer, with what was sent of it. */
class HostLayer {
  readonly ssrc: number;
  readonly stream: SyntheticVp8;
  readonly kept: (Buffer | undefined)[] = new Array(keptPackets);
  packetsSent = 0;
  #rtxSequence = 0;

  constructor(options: (typeof layers)[number], index: number) {
    const { rid, packetsPerFrame, ...rest } = options;
    this.ssrc = options.ssrc;
    this.stream = new SyntheticVp8({
      ...rest,
      framesPerSecond,
      packetsPerFrame,
      packetsPerKeyframe: keyframeFactor * packetsPerFrame,
      rid: { id: ridId, value: rid },
      // Layers of one encoder have nothing in common but the clock; two of these wrap soon.
      firstSequence: 65_000 - 20_000 * index,
      firstTimestamp: 0xffff_0000 + 1_000_000 * index,
      firstPictureId: 32_700 - 1000 * index,
    });
  }

  nextFrame(): Buffer[] {
    const packets = this.stream.nextFrame();
    for (const packet of packets) this.kept[packet.readUInt16BE(2) % keptPackets] = packet;
    this.packetsSent += packets.length;
    return packets;
  }

  retransmission(sequenceNumber: number): Buffer | undefined {
    const packet = this.kept[sequenceNumber % keptPackets];
    const view = new RtpPacketView();
    if (packet?.readUInt16BE(2) !== sequenceNumber || !view.parse(packet)) return undefined;
    const rtx = Buffer.alloc(packet.length + rtxOverhead);
    wrapRtx(view, this.ssrc + 1, rtxPayloadType, this.#rtxSequence & 0xffff, rtx);
    this.#rtxSequence += 1;
    // The rid stands first among the extensions; on RTX it has the other id (RFC 8852, section 3.3).
    rtx.writeUInt8(repairedRidId << 4, 16);
    return rtx;
  }
}

/** A browser that publishes: three layers of VP8 and Opus; answers NACKs with RTX, and keyframe requests. */
export class SimulatedHost {
  isPublishing = true;
  readonly #time: VirtualTime;
  readonly #send: (packet: Buffer) => void;
  readonly #layers = layers.map((options, index) => new HostLayer(options, index));
  readonly #audio = new SyntheticOpus({ ssrc: audioSsrc });
  readonly #cursor = new RtcpCursor();

  constructor(time: VirtualTime, send: (packet: Buffer) => void) {
    this.#time = time;
    this.#send = send;
  }

  start(): void {
    this.#time.every(1e6 / framesPerSecond, () => {
      for (const layer of this.#layers)
        if (this.isPublishing) for (const packet of layer.nextFrame()) this.#send(packet);
    });
    this.#time.every(this.#audio.frameIntervalUs, () => {
      if (this.isPublishing) this.#send(this.#audio.nextPacket());
    });
    this.#time.every(1_000_000, () => {
      for (const layer of this.#layers) this.#report(layer);
    });
  }

  #report(layer: HostLayer): void {
    const report = Buffer.alloc(reportLength);
    const nowUs = this.#time.nowUs;
    writeSenderReport(report, 0, {
      ssrc: layer.ssrc,
      ntpSeconds: ntpSeconds(nowUs),
      ntpFraction: ntpFraction(nowUs),
      rtpTimestamp: layer.stream.timestamp,
      packetCount: layer.packetsSent,
      octetCount: 0,
      blocks: [],
    });
    this.#send(report);
  }

  /** Takes in RTCP. */
  receive(packet: Buffer): void {
    const cursor = this.#cursor;
    cursor.open(packet);
    while (cursor.next()) {
      const isPli = cursor.packetType === rtcpType.payloadFeedback && cursor.format === payloadFeedbackFormat.pli;
      if (isPli) this.#onPli(parsePli(cursor));
      const nack = cursor.packetType === rtcpType.transportFeedback ? parseNack(cursor) : undefined;
      for (const sequence of nack?.sequenceNumbers ?? []) this.#resend(nack?.mediaSsrc ?? 0, sequence);
    }
  }

  #onPli(ssrc: number): void {
    const layer = this.#layers.find((candidate) => candidate.ssrc === ssrc);
    this.#time.after(keyframeDelayUs, () => layer?.stream.requestKeyframe());
  }

  #resend(ssrc: number, sequenceNumber: number): void {
    const rtx = this.#layers.find((layer) => layer.ssrc === ssrc)?.retransmission(sequenceNumber);
    if (rtx !== undefined) this.#send(rtx);
  }
}
