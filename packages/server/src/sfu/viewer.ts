import { ntpFraction, ntpSeconds, roundTripTimeUs } from '../rtp/ntp.ts';
import { isRtcp } from '../rtp/packet.ts';
import type { MediaKind, SendTrackParameters } from '../rtp/parameters.ts';
import { payloadFeedbackFormat, RtcpCursor, rtcpType, transportFeedbackFormat } from '../rtp/rtcp/cursor.ts';
import { parseFir, parsePli } from '../rtp/rtcp/keyframe-request.ts';
import { parseNack } from '../rtp/rtcp/nack.ts';
import { parseRemb } from '../rtp/rtcp/remb.ts';
import { parseReceiverReport, parseSenderReport, type ReportBlock, writeSenderReport } from '../rtp/rtcp/report.ts';
import { writeCname } from '../rtp/rtcp/source-description.ts';
import { parseTransportFeedback } from '../rtp/rtcp/transport-feedback.ts';
import { Downstream } from './downstream.ts';
import type { LayerChooser } from './layer-chooser.ts';
import { type LayerCaps, type MediaLimits, narrower } from './layers/layer-caps.ts';
import type { OutgoingPacket } from './outgoing-packet.ts';
import type { ViewerLine } from './viewer-line.ts';

const reportIntervalUs = 1_000_000;
/** A viewer that has been sent nothing since its last tick has as little to do at the next: often, between frames. */
const restingTickUs = 100_000;
/** Sender report, and a CNAME of at most 255 bytes. */
const maxReportLength = 28 + 272;

/** A place on which a viewer sees, or hears, one host at a time. */
export interface ViewerSlot {
  readonly kind: MediaKind;
  readonly mid: string;
  readonly hostId: string | undefined;
}

/** One viewer's side of a room: its downstreams, and the RTCP both ways. */
export class Viewer {
  readonly downstreams: readonly Downstream[];
  readonly audio: readonly Downstream[];
  /** Each a place for the picture of one host. */
  readonly video: readonly Downstream[];
  /** The same, the most important one first. */
  videoByImportance: readonly Downstream[];
  /** Round trip in us and loss (0 to 1) by the viewer's last report; NaN before it. */
  roundTripUs = Number.NaN;
  fractionLost = Number.NaN;
  /** Packets asked for again, and keyframes asked for (PLI, FIR), since the start. */
  packetsNacked = 0;
  keyframesRequested = 0;
  /** The viewer does not want video now: its page is hidden. Audio goes on. */
  videoOff = false;
  /** Of its token. */
  limits: MediaLimits = {};
  readonly line: ViewerLine;
  readonly #packet: OutgoingPacket;
  readonly #cursor = new RtcpCursor();
  readonly #nextReportUs: Float64Array;
  #nextTickUs = 0;
  #closed = false;

  /** @param packet the room's outgoing packet, in which retransmissions are rebuilt */
  constructor(
    line: ViewerLine,
    tracks: readonly SendTrackParameters[],
    packet: OutgoingPacket,
    createChooser: () => LayerChooser,
  ) {
    this.line = line;
    this.#packet = packet;
    this.downstreams = tracks.map((track) => new Downstream(track, line, createChooser()));
    this.audio = this.downstreams.filter(({ kind }) => kind === 'audio');
    this.video = this.downstreams.filter(({ kind }) => kind === 'video');
    this.videoByImportance = this.video;
    this.#nextReportUs = new Float64Array(tracks.length);
  }

  /** Which host is seen, or waited for, on which m-line. */
  get slots(): ViewerSlot[] {
    return this.downstreams.map(({ kind, host, parameters: { mid } }) => ({ kind, mid, hostId: host?.id }));
  }

  /** What it may have at most by its token: whatever it wants is within. */
  limit(limits: MediaLimits): void {
    this.limits = limits;
    this.want({});
  }

  /** What the viewer wants at most, in place of what it wanted before; it takes effect when layers are chosen next. */
  want(caps: LayerCaps, videoOff = false): void {
    this.videoOff = videoOff;
    const narrowed = narrower(caps, this.limits);
    for (const { kind, chooser } of this.downstreams) if (kind === 'video') chooser.caps = narrowed;
  }

  /** Takes in one packet from the viewer's connection: RTCP, since a viewer sends nothing else. */
  receive(packet: Buffer, nowUs: number): void {
    if (this.#closed || !isRtcp(packet)) return;
    this.#cursor.open(packet);
    while (this.#cursor.next()) this.#receiveRtcp(nowUs);
  }

  #receiveRtcp(nowUs: number): void {
    switch (this.#cursor.packetType) {
      case rtcpType.transportFeedback:
        if (this.#cursor.format === transportFeedbackFormat.nack) this.#onNack(nowUs);
        if (this.#cursor.format === transportFeedbackFormat.transportCc) this.#onTransportFeedback(nowUs);
        return;
      case rtcpType.payloadFeedback:
        this.#onPayloadFeedback(nowUs);
        return;
      case rtcpType.receiverReport:
        for (const block of parseReceiverReport(this.#cursor)?.blocks ?? []) this.#onReport(block, nowUs);
        return;
      case rtcpType.senderReport:
        for (const block of parseSenderReport(this.#cursor)?.blocks ?? []) this.#onReport(block, nowUs);
        return;
    }
  }

  #onNack(nowUs: number): void {
    const nack = parseNack(this.#cursor);
    const downstream = nack && this.#find(nack.mediaSsrc);
    if (nack === undefined || downstream === undefined) return;
    this.packetsNacked += nack.sequenceNumbers.length;
    for (const sequence of nack.sequenceNumbers) downstream.retransmit(sequence, this.#packet, nowUs);
  }

  #onTransportFeedback(nowUs: number): void {
    const feedback = parseTransportFeedback(this.#cursor);
    if (feedback !== undefined) this.line.estimator.onTransportFeedback(feedback, nowUs);
  }

  #onPayloadFeedback(nowUs: number): void {
    if (this.#cursor.format === payloadFeedbackFormat.application) {
      const remb = parseRemb(this.#cursor);
      if (remb !== undefined) this.line.estimator.onRemb(remb.bitrateBps, nowUs);
    }
    if (this.#cursor.format === payloadFeedbackFormat.pli) this.#requestKeyframe(parsePli(this.#cursor));
    if (this.#cursor.format === payloadFeedbackFormat.fir) {
      for (const entry of parseFir(this.#cursor) ?? []) this.#requestKeyframe(entry.mediaSsrc);
    }
  }

  #requestKeyframe(mediaSsrc: number): void {
    const downstream = this.#find(mediaSsrc);
    if (downstream?.kind !== 'video') return;
    this.keyframesRequested += 1;
    downstream.target?.keyframes.request();
  }

  #onReport(block: ReportBlock, nowUs: number): void {
    const downstream = this.#find(block.ssrc);
    if (downstream === undefined) return;
    downstream.received.onReport(block, downstream.clockRate, downstream.packetsSent, nowUs);
    const roundTripUs = roundTripTimeUs(nowUs, block.lastSenderReport, block.delaySinceLastSenderReport);
    if (roundTripUs >= 0) this.roundTripUs = roundTripUs;
    if (downstream.kind !== 'video') return;
    this.fractionLost = block.fractionLost / 256;
    this.line.estimator.onReceiverReport(this.fractionLost, this.roundTripUs, nowUs);
  }

  #find(ssrc: number): Downstream | undefined {
    return this.downstreams.find((downstream) => downstream.identity.ssrc === ssrc);
  }

  /** Begins to send what its downstreams are to replay. */
  catchUp(nowUs: number): void {
    const bytes = this.downstreams.reduce((sum, downstream) => sum + downstream.backlogBytes, 0);
    if (bytes === 0) return;
    this.line.beginReplay(bytes, nowUs);
    this.#drain(nowUs);
  }

  #drain(nowUs: number): void {
    this.line.tick(this.#isBehind, nowUs);
    for (const downstream of this.downstreams) if (downstream.isBehind) downstream.drain(this.#packet, nowUs);
  }

  get #isBehind(): boolean {
    for (const downstream of this.downstreams) if (downstream.isBehind) return true;
    return false;
  }

  /** Sends what is held back, probes, and the sender reports that are due. Fifty times a second: allocates nothing. */
  tick(nowUs: number): void {
    if (nowUs < this.#nextTickUs && this.line.isAtRest && !this.#isBehind) return;
    this.#nextTickUs = nowUs + restingTickUs;
    this.#drain(nowUs);
    this.#probe(nowUs);
    for (let index = 0; index < this.downstreams.length; index += 1) {
      const downstream = this.downstreams[index];
      downstream?.sentRate.sample(downstream.octetsSent, nowUs);
      if (downstream === undefined || nowUs < (this.#nextReportUs[index] ?? 0)) continue;
      if (this.#report(downstream, nowUs)) this.#nextReportUs[index] = nowUs + reportIntervalUs;
    }
  }

  /** Sends the part of a probe that is due. */
  #probe(nowUs: number): void {
    if (!this.canPad) return;
    let dueBytes = this.line.probeDue(nowUs);
    if (dueBytes === 0) return;
    let bytes = 1;
    while (dueBytes > 0 && bytes > 0 && this.line.isProbing) {
      bytes = this.#pad(nowUs);
      dueBytes -= bytes;
    }
    if (bytes === 0 || !this.line.isProbing) this.line.endProbe();
  }

  /** Has something to send that only fills a probe. */
  get canPad(): boolean {
    for (const downstream of this.video) if (downstream.canPad) return true;
    return false;
  }

  #pad(nowUs: number): number {
    for (const downstream of this.video) {
      const bytes = downstream.pad(this.#packet, nowUs);
      if (bytes > 0) return bytes;
    }
    return 0;
  }

  /**
   * A sender report of our own (RFC 3550, section 6.4.1): the server's clock now, and the timestamp that a frame
   * captured now would carry. As audio and video rest on one mapping of the host's clock, they stay in step.
   */
  #report(downstream: Downstream, nowUs: number): boolean {
    const rtpTimestamp = downstream.packetsSent === 0 ? undefined : downstream.timestampAt(nowUs);
    if (rtpTimestamp === undefined) return false;
    const { ssrc } = downstream.identity;
    let length = writeSenderReport(reportBuffer, 0, {
      ssrc,
      ntpSeconds: ntpSeconds(nowUs),
      ntpFraction: ntpFraction(nowUs),
      rtpTimestamp,
      packetCount: downstream.packetsSent,
      octetCount: downstream.octetsSent,
      blocks: [],
    });
    length += writeCname(reportBuffer, length, ssrc, downstream.parameters.cname);
    this.line.sendControl(reportBuffer.subarray(0, length));
    return true;
  }

  /** Leaves its sources; nothing is sent any more. */
  close(): void {
    this.#closed = true;
    for (const downstream of this.downstreams) {
      downstream.source?.release(downstream);
      downstream.target?.release(downstream);
      downstream.target = undefined;
    }
  }

  dump(): object {
    return {
      roundTripUs: this.roundTripUs,
      fractionLost: this.fractionLost,
      estimator: this.line.estimator.dump(),
      downstreams: this.downstreams.map((downstream) => downstream.dump()),
    };
  }
}

/** Reports are built one at a time, so all viewers share one place to build them in. */
const reportBuffer = Buffer.alloc(maxReportLength);
