import { findExtension } from '../rtp/extensions.ts';
import { ntpToUs } from '../rtp/ntp.ts';
import type { RtpPacketView } from '../rtp/packet.ts';
import type { Codec, ExtensionIds, MediaKind } from '../rtp/parameters.ts';
import type { SenderReport } from '../rtp/rtcp/report.ts';
import { SequenceUnwrapper } from '../rtp/sequence.ts';
import type { Downstream } from './downstream.ts';
import { GopCache } from './gop-cache.ts';
import type { HostClock } from './host-clock.ts';
import { KeyframeRequester } from './keyframe-requester.ts';
import { DecodeTargets } from './layers/decode-targets.ts';
import { DependencyLog } from './layers/dependency-log.ts';
import { LayerRates } from './layers/layer-rates.ts';
import { MediaClock } from './media-clock.ts';
import { NackGenerator } from './nack-generator.ts';
import type { OutgoingPacket } from './outgoing-packet.ts';
import { PacketRing } from './packet-ring.ts';
import { RateMeter } from './rate-meter.ts';
import { ReceptionStatistics } from './reception-statistics.ts';

/**
 * What the ring holds: some seconds for retransmission, 2 s of video at 4 Mbps, and of audio at 128 kbps; and for video
 * a group of pictures of 10 s at 3.3 Mbps.
 */
const ringSize = {
  audio: { minBytes: 128 * 1024, maxBytes: 128 * 1024, maxPackets: 512 },
  video: { minBytes: 1024 * 1024, maxBytes: 4 * 1024 * 1024, maxPackets: 8192 },
} as const;
/** A layer without a packet for so long is not to be had: the host's encoder has switched it off. */
const silenceUs = 1_500_000;

export interface SourceOptions {
  readonly kind: MediaKind;
  readonly codec: Codec;
  readonly extensions: ExtensionIds;
  /** Place of the layer as the host listed it. */
  readonly index: number;
  readonly rid: string | undefined;
  readonly payloadType: number;
  /** Of packets that repeat earlier frames (RED, RFC 2198); -1 where there are none. */
  readonly redPayloadType: number;
  readonly hostClock: HostClock;
}

/** One layer's incoming stream, put in order, remembered, measured, and fed to its downstreams. */
export class Source {
  readonly kind: MediaKind;
  readonly codec: Codec;
  readonly index: number;
  readonly rid: string | undefined;
  readonly ring: PacketRing;
  readonly gop: GopCache;
  readonly clock: MediaClock;
  readonly reception: ReceptionStatistics;
  readonly nack = new NackGenerator();
  readonly keyframes = new KeyframeRequester();
  readonly rate = new RateMeter();
  /** What each of the layers within takes. */
  readonly layers = new LayerRates();
  /** What the host's dependency descriptors tell; undefined where it sends none. */
  readonly targets: DecodeTargets | undefined;
  /** Fed by this source now, in no order. */
  readonly downstreams: Downstream[] = [];
  /** To be fed from its next keyframe (audio: packet) on. */
  readonly waiting: Downstream[] = [];
  ssrc = -1;
  rtxSsrc = -1;
  /** Of the last keyframe; 0 before it. */
  width = 0;
  height = 0;
  /** Why it is not forwarded: it is above what its host may send. */
  barred: string | undefined;
  keyframesReceived = 0;
  framesReceived = 0;
  #lastPacketUs = Number.NEGATIVE_INFINITY;
  #highest = -1;
  #keyframeTimestamp = -1;
  readonly #unwrapper = new SequenceUnwrapper();
  readonly #hopExtensionId: number;
  readonly #descriptorId: number;
  readonly #payloadType: number;
  readonly #redPayloadType: number;
  readonly #dependencies: DependencyLog | undefined;

  constructor(options: SourceOptions) {
    this.kind = options.kind;
    this.codec = options.codec;
    this.index = options.index;
    this.rid = options.rid;
    this.ring = new PacketRing(ringSize[options.kind]);
    this.gop = new GopCache(this.ring);
    this.clock = new MediaClock(options.codec.clockRate, options.hostClock);
    this.reception = new ReceptionStatistics(options.codec.clockRate);
    this.#hopExtensionId =
      options.kind === 'audio' ? options.extensions.audioLevel : options.extensions.videoOrientation;
    this.#payloadType = options.payloadType;
    this.#redPayloadType = options.redPayloadType;
    this.#descriptorId = options.extensions.dependencyDescriptor;
    if (this.#descriptorId === 0) return;
    this.targets = new DecodeTargets();
    this.#dependencies = new DependencyLog(ringSize[options.kind].maxPackets);
  }

  get name(): string {
    return this.rid === undefined ? this.kind : `${this.kind}:${this.rid}`;
  }

  /** Highest extended sequence number received; -1 before the first. */
  get highestSequence(): number {
    return this.#highest;
  }

  /** Bytes of the group of pictures that a new viewer can be shown; 0 where there is none. */
  get replayBytes(): number {
    const start = this.gop.startSequence(this.#highest);
    return start < 0 ? 0 : this.gop.bytesFrom(start, this.#highest);
  }

  /** Pixels of one spatial layer's pictures; 0 where the host does not tell. */
  layerHeight(spatialLayer: number): number {
    return this.targets?.height(spatialLayer) ?? 0;
  }

  isLive(nowUs: number): boolean {
    return nowUs - this.#lastPacketUs < silenceUs;
  }

  /** Whether viewers can be sent it. */
  isOffered(nowUs: number): boolean {
    return this.barred === undefined && this.isLive(nowUs);
  }

  /**
   * Takes in a packet of this source's SSRC and puts its common form into `out`.
   * @returns whether it is to be forwarded: false for a duplicate, or one that came too late or is too long
   */
  receive(packet: RtpPacketView, out: OutgoingPacket, nowUs: number): boolean {
    const extendedSequence = this.#unwrapper.unwrap(packet.sequenceNumber);
    if (this.ring.has(extendedSequence)) return false;
    const descriptorAt = findExtension(packet, this.#descriptorId);
    // Retransmissions, where audio has them at all, come back under the plain type: those of RED are lost then.
    const redOf = packet.payloadType === this.#redPayloadType ? this.#payloadType : -1;
    if (!out.load(packet, extendedSequence, this.#hopValue(packet), descriptorAt, redOf, this.codec.name, nowUs))
      return false;
    if (this.targets !== undefined) this.#readDescriptor(extendedSequence, out);
    this.ring.insert(extendedSequence, out.buffer, out.view.length);
    this.#lastPacketUs = nowUs;
    if (extendedSequence > this.#highest) this.#highest = extendedSequence;
    this.reception.onPacket(extendedSequence, packet.timestamp, nowUs);
    this.clock.onPacket(packet.timestamp, nowUs);
    this.rate.add(packet.length, nowUs);
    this.layers.add(out.payload, out.view.length, nowUs);
    if (!this.nack.onPacket(extendedSequence, nowUs) && this.kind === 'video') this.keyframes.request();
    if (packet.marker) this.framesReceived += 1;
    if (this.kind === 'video' && out.payload.keyframeStart) this.#onKeyframe(out, nowUs);
    return true;
  }

  /**
   * Puts a packet of the ring into `out`, as it was when it came.
   * @returns its length, or 0 where it is not to be had any more
   */
  recall(extendedSequence: number, out: OutgoingPacket, nowUs: number): number {
    const length = this.ring.read(extendedSequence, out.buffer);
    if (length === 0) return 0;
    out.settle(extendedSequence, length, this.codec.name, nowUs);
    this.#dependencies?.restore(extendedSequence, out.payload);
    return length;
  }

  /** Feeds this downstream no more, and lets it wait no longer. */
  release(downstream: Downstream): void {
    removeFrom(this.downstreams, downstream);
    removeFrom(this.waiting, downstream);
  }

  /** Takes in the host's sender report for this source; false where it cannot be right, and is ignored. */
  onSenderReport(report: SenderReport, nowUs: number): boolean {
    // Some encoders send zeros, or all ones, before they know the time.
    if (report.ntpSeconds === 0) return false;
    const ntpUs = ntpToUs(report.ntpSeconds, report.ntpFraction);
    if (!this.clock.onSenderReport(ntpUs, report.rtpTimestamp, nowUs)) return false;
    this.reception.onSenderReport(report.ntpSeconds, report.ntpFraction, nowUs);
    return true;
  }

  #onKeyframe(out: OutgoingPacket, nowUs: number): void {
    this.gop.onKeyframe(out, nowUs);
    this.keyframes.onKeyframe();
    // H264 marks several packets of one keyframe as its start.
    if (out.timestamp !== this.#keyframeTimestamp) this.keyframesReceived += 1;
    this.#keyframeTimestamp = out.timestamp;
    if (out.payload.width === 0) return;
    this.width = out.payload.width;
    this.height = out.payload.height;
  }

  #readDescriptor(extendedSequence: number, out: OutgoingPacket): void {
    const { buffer, descriptorOffset, descriptorLength, payload } = out;
    if (out.hasDescriptor) this.targets?.read(buffer, descriptorOffset, descriptorLength, extendedSequence, payload);
    this.#dependencies?.record(extendedSequence, payload);
  }

  #hopValue(packet: RtpPacketView): number {
    const offset = findExtension(packet, this.#hopExtensionId);
    return offset < 0 ? -1 : packet.buffer.readUInt8(offset);
  }

  dump(nowUs: number): object {
    return {
      name: this.name,
      ssrc: this.ssrc,
      codec: this.codec.name,
      live: this.isLive(nowUs),
      width: this.width,
      height: this.height,
      bitrateBps: this.rate.bitsPerSecond(nowUs),
      packetsReceived: this.reception.received,
      packetsLost: this.reception.lost,
      jitterUs: Math.round(this.reception.jitterUs),
      framesReceived: this.framesReceived,
      keyframesReceived: this.keyframesReceived,
      keyframesRequested: this.keyframes.sent,
      nacksRequested: this.nack.requested,
      nacksRecovered: this.nack.recovered,
      downstreams: this.downstreams.length,
      waiting: this.waiting.length,
    };
  }
}

function removeFrom(list: Downstream[], downstream: Downstream): void {
  const at = list.indexOf(downstream);
  if (at >= 0) list.splice(at, 1);
}
