import type { Codec, MediaKind, SendTrackParameters } from '../rtp/parameters.ts';
import { findSendCodec } from './codec-match.ts';
import type { LayerChooser } from './layer-chooser.ts';
import { createLayerGate } from './layers/create-layer-gate.ts';
import { allLayers, NullLayerFilter } from './layers/layer-filter.ts';
import { LayerGate, passage } from './layers/layer-gate.ts';
import type { LayerRung } from './layers/layer-ladder.ts';
import type { LayerReason } from './layers/layer-reason.ts';
import type { HostPlace } from './lineup.ts';
import { type DownstreamIdentity, formFor, type Munging, munge } from './munging.ts';
import type { OutgoingPacket } from './outgoing-packet.ts';
import { ReceiverView } from './receiver-view.ts';
import { Repairs } from './repairs.ts';
import { SampledRate } from './sampled-rate.ts';
import type { Slot } from './slots.ts';
import type { Source } from './source.ts';
import type { ViewerLine } from './viewer-line.ts';

/** Repairs that can be saved up: of an outage of a second or more. */
const maxRepairCredit = 512;
/** Held back for longer, even if nothing followed, or with what follows on top, is too long: a keyframe is quicker. */
const maxBehindSeconds = 1.5;
const maxCatchUpSeconds = 4;
/** Keyframes take room themselves, of the other viewers too. */
const skipIntervalUs = 3_000_000;

/** One source's copy toward one viewer. Its SSRC, sequence numbers and timestamps go on whatever source feeds it. */
export class Downstream implements Slot {
  readonly kind: MediaKind;
  host: HostPlace | undefined;
  readonly identity: DownstreamIdentity;
  readonly chooser: LayerChooser;
  /** What the viewer says that it receives. */
  readonly received = new ReceiverView();
  /** Payload bytes a second, retransmissions left out. */
  readonly sentRate = new SampledRate();
  /** What was chosen last, of `target` then; undefined before anything is measured, and for audio. */
  rung: LayerRung<Source> | undefined;
  /** Why it is that. */
  layerReason: LayerReason = 'best';
  /** Nothing is sent, since the line does not carry it; to begin again it needs a keyframe. */
  isPaused = false;
  /** What it is to be fed from as soon as that source has a packet to start on; the same as `source` otherwise. */
  target: Source | undefined;
  packetsSent = 0;
  octetsSent = 0;
  packetsRetransmitted = 0;
  readonly #parameters: SendTrackParameters;
  readonly #line: ViewerLine;
  readonly #repairs: Repairs;
  #munging: Munging | undefined;
  /** What `accepts` was asked last. */
  #judgedCodec: Codec | undefined;
  #isAccepted = false;
  #gate: LayerGate = openGate;
  /** The highest layers wanted within a source. */
  #spatialLayer: number = allLayers;
  #temporalLayer: number = allLayers;
  #mungingCount = 0;
  /** Highest extended sequence number sent, and what went with it; -1 before the first. */
  #highestSequence = -1;
  #lastSourceTimestamp = 0;
  #lastPictureId = 0;
  #lastTl0PictureIndex = 0;
  #lastFrameNumber = 0;
  /** Packets that may be sent again: each one sent earns one, so NACKs at most double what a viewer costs. */
  #repairCredit = 0;
  /**
   * While packets are held back: the source's next one to be sent. The source's ring is the queue, so nothing is copied
   * and nothing is allocated. -1 while packets leave as they come.
   */
  #cursor = -1;
  #nextSkipUs = 0;

  constructor(parameters: SendTrackParameters, line: ViewerLine, chooser: LayerChooser) {
    this.chooser = chooser;
    this.kind = parameters.kind;
    this.#parameters = parameters;
    this.#line = line;
    const { extensions } = parameters;
    this.identity = {
      ssrc: parameters.ssrc,
      transportCcId: extensions.transportCc,
      absSendTimeId: extensions.absSendTime,
      descriptorId: extensions.dependencyDescriptor,
      hopId: parameters.kind === 'audio' ? extensions.audioLevel : extensions.videoOrientation,
    };
    this.#repairs = new Repairs(parameters, this.identity);
  }

  get parameters(): SendTrackParameters {
    return this.#parameters;
  }

  /** Ticks a second of its timestamps, now or, before it is fed, by the first codec negotiated. */
  get clockRate(): number {
    return this.source?.codec.clockRate ?? this.#parameters.codecs[0]?.codec.clockRate ?? 90_000;
  }

  /** The source that feeds it now. */
  get source(): Source | undefined {
    return this.#munging?.source;
  }

  /** Whether the viewer has a payload type for what this source carries. */
  accepts({ codec }: Source): boolean {
    // Asked some times a second, of the same codec again and again.
    if (codec !== this.#judgedCodec) {
      this.#judgedCodec = codec;
      this.#isAccepted = findSendCodec(this.#parameters.codecs, codec) !== undefined;
    }
    return this.#isAccepted;
  }

  canShow({ publisher }: HostPlace): boolean {
    return publisher?.sources(this.kind).some((source) => this.accepts(source)) ?? false;
  }

  /** Takes no layers within the source above these; see `LayerFilter` for when that takes effect. */
  select(spatialLayer: number, temporalLayer: number): void {
    if (spatialLayer === this.#spatialLayer && temporalLayer === this.#temporalLayer) return;
    this.#spatialLayer = spatialLayer;
    this.#temporalLayer = temporalLayer;
    if (this.source !== undefined) this.#selectOf(this.source);
  }

  #selectOf(source: Source): void {
    this.#gate.filter.select(Math.min(this.#spatialLayer, this.maxSpatialLayer(source)), this.#temporalLayer);
  }

  /**
   * The highest spatial layer that may be sent. Of AV1, a receiver that is not told by the dependency descriptor how the
   * frames of one picture belong together need not show pictures of several: Chromium 156 shows none at all then.
   */
  maxSpatialLayer({ codec }: Source): number {
    return codec.name === 'AV1' && this.identity.descriptorId === 0 ? 0 : allLayers;
  }

  /** The layers that are wanted can be had from a keyframe on only. */
  get needsKeyframe(): boolean {
    return this.#gate.filter.needsKeyframe;
  }

  /**
   * Goes on with another source, from this packet of it on (a keyframe's first, for video): sequence numbers and
   * picture ids follow on without a gap, timestamps by the time between the two captures.
   */
  switchTo(source: Source, packet: OutgoingPacket): void {
    const codec = findSendCodec(this.#parameters.codecs, source.codec);
    if (codec === undefined) return;
    const munging: Munging = {
      id: this.#mungingCount,
      source,
      payloadType: codec.payloadType,
      redPayloadType: codec.redPayloadType ?? 0,
      rtxPayloadType: this.#parameters.rtxSsrc === 0 ? 0 : (codec.rtxPayloadType ?? 0),
      firstSequence: packet.extendedSequence,
      sequenceOffset: this.#nextSequence() - packet.extendedSequence,
      timestampOffset: this.#timestampOffset(source, packet),
      pictureIdOffset: packet.payload.pictureId < 0 ? 0 : this.#lastPictureId + 1 - packet.payload.pictureId,
      tl0PictureIndexOffset:
        packet.payload.tl0PictureIndex < 0 ? 0 : this.#lastTl0PictureIndex + 1 - packet.payload.tl0PictureIndex,
      frameNumberOffset: packet.hasDescriptor ? this.#lastFrameNumber + 1 - packet.frameNumber : 0,
    };
    if (source.height < (this.#munging?.source.height ?? 0)) this.#repairs.forgetBefore(munging);
    this.#mungingCount += 1;
    this.#cursor = -1;
    this.isPaused = false;
    this.#munging = munging;
    this.#gate = createLayerGate(source.codec.name, source.targets);
    this.#selectOf(source);
    this.#gate.restart(packet.payload, packet.extendedSequence);
    this.#repairs.onMunging(munging);
  }

  #nextSequence(): number {
    // Begins low in the 16 bits: a receiver that misses the first packets would else miscount the SRTP rollover
    // (RFC 3711, section 3.3.1).
    return this.#highestSequence < 0 ? this.#parameters.ssrc & 0x3fff : this.#highestSequence + 1;
  }

  #timestampOffset(source: Source, packet: OutgoingPacket): number {
    const before = this.#munging;
    if (before === undefined) return 0;
    const elapsedUs =
      source.clock.captureUs(packet.timestamp) - before.source.clock.captureUs(this.#lastSourceTimestamp);
    const elapsed = Math.max(1, Math.round((elapsedUs * source.codec.clockRate) / 1e6));
    return (this.#lastSourceTimestamp + before.timestampOffset + elapsed - packet.timestamp) | 0;
  }

  /**
   * Begins with a source at a packet it has had before (the start of a group of pictures, loaded into `packet`), and
   * catches up with it from there, as `drain` is called.
   */
  replayFrom(source: Source, packet: OutgoingPacket): void {
    this.switchTo(source, packet);
    this.#cursor = packet.extendedSequence;
  }

  /** Whether packets are held back, to leave at the pacing rate. */
  get isBehind(): boolean {
    return this.#cursor >= 0;
  }

  /** Has something to fill a probe with: only as RTX, which is no duplicate of the stream itself. */
  get canPad(): boolean {
    return this.kind === 'video' && this.#highestSequence >= 0 && (this.#munging?.rtxPayloadType ?? 0) !== 0;
  }

  /** Bytes that are held back. */
  get backlogBytes(): number {
    const source = this.source;
    return source === undefined || this.#cursor < 0 ? 0 : source.gop.bytesFrom(this.#cursor, source.highestSequence);
  }

  /** A packet that its source has just had: sent at once, or held back where the budget is used up. Hot path. */
  offer(packet: OutgoingPacket): void {
    if (this.#cursor >= 0) {
      this.#offerBehind(packet);
      return;
    }
    if (this.kind === 'video' && !this.#line.budget.hasRoom) {
      this.#cursor = packet.extendedSequence;
      return;
    }
    this.#forward(packet);
  }

  #offerBehind(packet: OutgoingPacket): void {
    // Repaired after its turn, while later ones are still held back.
    if (packet.extendedSequence < this.#cursor) this.#forward(packet);
    if (packet.extendedSequence !== this.#cursor || !this.#line.budget.hasRoom) return;
    this.#cursor += 1;
    this.#forward(packet);
  }

  /**
   * Sends of what is held back as much as the budget allows.
   * @param packet the room's outgoing packet, used as the place to rebuild them in
   */
  drain(packet: OutgoingPacket, nowUs: number): void {
    const source = this.source;
    // What was held back when it paused is old by the time it goes on, and that needs a keyframe anyway.
    if (source === undefined || this.isPaused) this.#cursor = -1;
    if (source === undefined || this.#cursor < 0) return;
    const { budget } = this.#line;
    for (; this.#cursor <= source.highestSequence; this.#cursor += 1) {
      if (source.ring.lengthOf(this.#cursor) === 0) continue;
      if (!budget.hasRoom) {
        this.#skipAhead(source, nowUs);
        return;
      }
      source.recall(this.#cursor, packet, nowUs);
      this.#forward(packet);
    }
    this.#cursor = -1;
  }

  /** Far behind on a line that would take long to catch up: goes on from the next keyframe, and drops what is before. */
  #skipAhead(source: Source, nowUs: number): void {
    const { targetBps } = this.#line.estimator;
    // One that waits for another source drops what it holds back when that begins.
    if (source !== this.target || !this.#line.isFull || nowUs < this.#nextSkipUs) return;
    const spareBps = Math.max(0, targetBps - source.rate.bitsPerSecond(nowUs));
    const mostBits = Math.max(targetBps * maxBehindSeconds, spareBps * maxCatchUpSeconds);
    if (this.backlogBytes * 8 <= mostBits || source.waiting.includes(this)) return;
    this.#nextSkipUs = nowUs + skipIntervalUs;
    source.waiting.push(this);
    source.keyframes.request();
  }

  /** Sends one packet of the present source. Runs once per packet and viewer: no allocation, no closure. */
  #forward(packet: OutgoingPacket): void {
    const munging = this.#munging;
    if (munging === undefined || packet.extendedSequence < munging.firstSequence) return;
    const gate = this.#gate;
    const passed = gate.pass(packet.payload, packet.extendedSequence, packet.timestamp);
    if (passed === passage.none) return;
    const extended = gate.sequence + munging.sequenceOffset;
    if (passed === passage.fill) {
      this.#fill(packet, munging, extended);
      return;
    }
    const pictureId = gate.pictureId + munging.pictureIdOffset;
    const markerBit = gate.marker ? 0x80 : packet.markerBit;
    if (extended > this.#highestSequence) {
      this.#highestSequence = extended;
      this.#lastSourceTimestamp = packet.timestamp;
      this.#lastPictureId = pictureId;
      if (packet.hasDescriptor) this.#lastFrameNumber = (packet.frameNumber + munging.frameNumberOffset) & 0xffff;
      this.#lastTl0PictureIndex = packet.payload.tl0PictureIndex + munging.tl0PictureIndexOffset;
    }
    const sequence = extended & 0xffff;
    this.#repairs.log.record(sequence, munging.id, packet.extendedSequence, pictureId, markerBit, packet.nowUs);
    const form = formFor(packet, munging, this.identity);
    munge(form, munging, this.identity, sequence, pictureId, markerBit, this.#line.transportSequence);
    this.#line.budget.spend(form.view.length);
    if (!this.#line.send(form.view, this.identity.transportCcId !== 0, form.nowUs)) return;
    this.packetsSent += 1;
    if (this.#repairCredit < maxRepairCredit) this.#repairCredit += 1;
    this.octetsSent += form.view.length - form.headerLength;
  }

  /** An empty packet, for a number that was kept for one that turned out to be of a layer that is not wanted. */
  #fill(packet: OutgoingPacket, munging: Munging, extended: number): void {
    const form = packet.hasDescriptor ? packet.plain : packet;
    munge(form, munging, this.identity, extended & 0xffff, 0, 0, this.#line.transportSequence);
    this.#line.send(form.headerView, this.identity.transportCcId !== 0, packet.nowUs);
  }

  /**
   * Sends a packet again that the viewer misses: as RTX (RFC 4588) where that was negotiated, else as it was. A viewer
   * that asks for more than loss explains gets no more.
   * `packet` is the room's outgoing packet, used as the place to rebuild it in.
   */
  retransmit(sequence: number, packet: OutgoingPacket, nowUs: number): void {
    if (this.#repairCredit === 0) return;
    const repair = this.#repairs.rebuild(sequence, packet, this.#line.transportSequence, nowUs);
    if (repair === undefined || !this.#line.sendRepair(repair, this.identity.transportCcId !== 0, nowUs)) return;
    this.#repairCredit -= 1;
    this.packetsRetransmitted += 1;
  }

  /**
   * Sends the latest packet again, to fill a probe: a viewer that has it drops the second one. After a pause it is gone
   * from its source's ring; then padding.
   * @returns its bytes, 0 where there is none
   */
  pad(packet: OutgoingPacket, nowUs: number): number {
    const munging = this.#munging;
    if (!this.canPad || munging === undefined) return 0;
    const { transportSequence } = this.#line;
    const filler =
      this.#repairs.rebuild(this.#highestSequence & 0xffff, packet, transportSequence, nowUs) ??
      this.#repairs.padding(munging, this.#lastSourceTimestamp + munging.timestampOffset, transportSequence, nowUs);
    return this.#line.send(filler, this.identity.transportCcId !== 0, nowUs) ? filler.length : 0;
  }

  /** The timestamp that a frame captured at `atUs` would carry toward this viewer; undefined while nothing is sent. */
  timestampAt(atUs: number): number | undefined {
    const munging = this.#munging;
    if (munging === undefined || !munging.source.clock.isReady(atUs)) return undefined;
    return (munging.source.clock.timestampAt(atUs) + munging.timestampOffset) >>> 0;
  }

  dump(): object {
    return {
      kind: this.kind,
      host: this.host?.id,
      ssrc: this.identity.ssrc,
      source: this.source?.name,
      target: this.target?.name,
      isPaused: this.isPaused,
      packetsSent: this.packetsSent,
      octetsSent: this.octetsSent,
      packetsRetransmitted: this.packetsRetransmitted,
    };
  }
}

/** Stands where nothing is fed yet; no packet passes it. */
const openGate = new LayerGate(new NullLayerFilter(), false);
