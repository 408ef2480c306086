import { readTransportCc } from '../rtp/extensions.ts';
import { roundTripTimeUs } from '../rtp/ntp.ts';
import { isRtcp, RtpPacketView } from '../rtp/packet.ts';
import type { MediaKind, ReceiveTrackParameters } from '../rtp/parameters.ts';
import { RtcpCursor, rtcpType } from '../rtp/rtcp/cursor.ts';
import { parseReceiverTimes } from '../rtp/rtcp/extended-report.ts';
import { parseSenderReport } from '../rtp/rtcp/report.ts';
import { unwrapRtx } from '../rtp/rtx.ts';
import { HostClock } from './host-clock.ts';
import { HostLimits } from './host-limits.ts';
import type { MediaLimits } from './layers/layer-caps.ts';
import { StreamLinter } from './linter/stream-linter.ts';
import type { StreamWarning } from './linter/stream-warning.ts';
import { maxPacketLength, type OutgoingPacket } from './outgoing-packet.ts';
import { ownSsrc, PublisherFeedback } from './publisher-feedback.ts';
import type { Source } from './source.ts';
import { SpeechMeter } from './speaker/speech-meter.ts';
import { isMedia, StreamBinding } from './stream-binding.ts';
import { Track } from './track.ts';
import type { PacketSink } from './viewer-line.ts';

/** Where a publisher's packets go: the room's router. */
export interface PublisherOutlet {
  /** A packet of this source, in the form in which it is sent on. */
  onPacket(source: Source, packet: OutgoingPacket, nowUs: number): void;
  /** A layer has come, gone, or been replaced. */
  onLayersChanged(nowUs: number): void;
}

export interface PublisherOptions {
  readonly sink: PacketSink;
  readonly tracks: readonly ReceiveTrackParameters[];
  readonly outlet: PublisherOutlet;
  /** The room's outgoing packet, in which each incoming one is brought into its common form. */
  readonly packet: OutgoingPacket;
  /** Told to hosts that want a REMB. */
  readonly maxBitrateBps: number;
  /** Told how loud the host is; it goes on where the same host comes back. */
  readonly speech?: SpeechMeter;
  /** What is above is not forwarded. */
  readonly limits?: MediaLimits;
}

/** The host's side of a room: takes in RTP and RTCP, and gives the feedback that a sender needs. */
export class Publisher {
  readonly tracks: readonly Track[];
  /** By the host's last answer to a reference time report of ours; NaN where it gives none. */
  roundTripUs = Number.NaN;
  readonly #outlet: PublisherOutlet;
  readonly #packet: OutgoingPacket;
  readonly #streams: StreamBinding;
  readonly #feedback: PublisherFeedback;
  readonly #linter: StreamLinter;
  readonly #limits: HostLimits;
  readonly #transportCcId: number;
  readonly #speech: SpeechMeter;
  readonly #view = new RtpPacketView();
  readonly #cursor = new RtcpCursor();
  readonly #repaired = Buffer.alloc(maxPacketLength);
  #liveLayers = 0;
  #closed = false;

  constructor(options: PublisherOptions) {
    const hostClock = new HostClock();
    this.tracks = options.tracks.map((parameters) => new Track(parameters, hostClock));
    this.#outlet = options.outlet;
    this.#packet = options.packet;
    this.#speech = options.speech ?? new SpeechMeter();
    this.#streams = new StreamBinding(this.tracks);
    this.#feedback = new PublisherFeedback(options.sink, this.tracks, options.maxBitrateBps);
    this.#linter = new StreamLinter(this.tracks);
    this.#limits = new HostLimits(options.limits ?? {});
    // One bundle, one numbering (RFC 9143, section 9.2).
    this.#transportCcId = Math.max(0, ...options.tracks.map((track) => track.extensions.transportCc));
  }

  /** What is wrong with the host's stream now. Another array as soon as that changes, and the same until then. */
  get warnings(): readonly StreamWarning[] {
    return this.#linter.warnings;
  }

  /** All layers of its track of this kind. */
  sources(kind: MediaKind): Source[] {
    return this.tracks.filter((track) => track.parameters.kind === kind).flatMap((track) => track.sources);
  }

  /** Takes in one packet from the host's connection; anything malformed or unknown is dropped. */
  receive(packet: Buffer, nowUs: number): void {
    if (this.#closed) return;
    if (isRtcp(packet)) {
      this.#receiveRtcp(packet, nowUs);
      return;
    }
    const view = this.#view;
    if (!view.parse(packet)) return;
    const transportSequence = readTransportCc(view, this.#transportCcId);
    if (transportSequence >= 0) this.#feedback.transport.onPacket(transportSequence, nowUs);
    const stream = this.#streams.find(view);
    if (stream === undefined) return;
    const { payloadType, rtxPayloadType } = stream.track.parameters;
    if (!stream.isRtx) {
      if (isMedia(view.payloadType, stream.track.parameters)) this.#receiveMedia(stream.source, nowUs);
    } else if (view.payloadType === rtxPayloadType && stream.source.ssrc >= 0) {
      if (packet.length > maxPacketLength) return;
      const length = unwrapRtx(view, stream.source.ssrc, payloadType, this.#repaired);
      // Shorter ones are padding, sent to probe the line.
      if (length > 0 && view.parse(this.#repaired, length)) this.#receiveMedia(stream.source, nowUs);
    }
  }

  #receiveMedia(source: Source, nowUs: number): void {
    const wasOffered = source.isOffered(nowUs);
    if (!source.receive(this.#view, this.#packet, nowUs)) return;
    if (this.#packet.payload.keyframeStart) this.#limits.judge(source, nowUs);
    if (wasOffered !== source.isOffered(nowUs)) this.#noteLiveLayers(nowUs);
    if (source.kind === 'audio' && this.#packet.hasHopValue) this.#speech.add(this.#packet.hopValue, nowUs);
    this.#linter.onPacket(source, this.#packet, nowUs);
    if (source.barred === undefined) this.#outlet.onPacket(source, this.#packet, nowUs);
  }

  #receiveRtcp(packet: Buffer, nowUs: number): void {
    this.#cursor.open(packet);
    while (this.#cursor.next()) {
      if (this.#cursor.packetType === rtcpType.senderReport) this.#onSenderReport(nowUs);
      if (this.#cursor.packetType === rtcpType.extendedReport) this.#onExtendedReport(nowUs);
    }
  }

  #onSenderReport(nowUs: number): void {
    const report = parseSenderReport(this.#cursor);
    const source = report && this.#streams.get(report.ssrc)?.source;
    if (report === undefined || source === undefined) return;
    source.onSenderReport(report, nowUs);
    this.#linter.onSenderReport(source, report, nowUs);
  }

  #onExtendedReport(nowUs: number): void {
    for (const time of parseReceiverTimes(this.#cursor) ?? []) {
      if (time.ssrc !== ownSsrc) continue;
      const roundTripUs = roundTripTimeUs(nowUs, time.lastReceiverTime, time.delaySinceLastReceiverTime);
      if (roundTripUs >= 0) this.roundTripUs = roundTripUs;
    }
  }

  /** What was asked of the host: sequence numbers again, and keyframes. */
  get requests(): Readonly<{ packetsNacked: number; keyframesRequested: number }> {
    return this.#feedback;
  }

  /** Sends the feedback that is due, and notices layers that have fallen silent. */
  tick(nowUs: number): void {
    if (this.#closed) return;
    this.#feedback.tick(nowUs);
    this.#linter.tick(nowUs);
    for (const track of this.tracks) for (const source of track.sources) this.#limits.judge(source, nowUs);
    this.#noteLiveLayers(nowUs);
  }

  #noteLiveLayers(nowUs: number): void {
    let layers = 0;
    let bit = 1;
    for (const track of this.tracks) {
      for (const source of track.sources) {
        if (source.isOffered(nowUs)) layers |= bit;
        bit <<= 1;
      }
    }
    if (layers === this.#liveLayers) return;
    this.#liveLayers = layers;
    this.#outlet.onLayersChanged(nowUs);
  }

  /** Takes in nothing more; its downstreams keep what they need to go on with another publisher. */
  close(): void {
    this.#closed = true;
    for (const track of this.tracks) {
      for (const source of track.sources) {
        source.downstreams.length = 0;
        source.waiting.length = 0;
      }
    }
  }

  dump(nowUs: number): object {
    return {
      roundTripUs: this.roundTripUs,
      warnings: this.warnings,
      sources: this.tracks.flatMap((track) => track.sources.map((source) => source.dump(nowUs))),
    };
  }
}
