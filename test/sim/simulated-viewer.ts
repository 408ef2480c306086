import { readTransportCc } from '../../packages/server/src/rtp/extensions.ts';
import { isRtcp, RtpPacketView } from '../../packages/server/src/rtp/packet.ts';
import type { VideoCodecName } from '../../packages/server/src/rtp/parameters.ts';
import { inspectPayload } from '../../packages/server/src/rtp/payload/inspect.ts';
import { PayloadInfo } from '../../packages/server/src/rtp/payload/payload-info.ts';
import { RtcpCursor, rtcpType } from '../../packages/server/src/rtp/rtcp/cursor.ts';
import { writePli } from '../../packages/server/src/rtp/rtcp/keyframe-request.ts';
import { writeNack } from '../../packages/server/src/rtp/rtcp/nack.ts';
import { parseSenderReport, type ReportBlock, writeReceiverReport } from '../../packages/server/src/rtp/rtcp/report.ts';
import { unwrapRtx } from '../../packages/server/src/rtp/rtx.ts';
import { SequenceUnwrapper } from '../../packages/server/src/rtp/sequence.ts';
import { ReceptionStatistics } from '../../packages/server/src/sfu/reception-statistics.ts';
import { TransportFeedbackRecorder } from '../../packages/server/src/sfu/transport-feedback-recorder.ts';
import { FrameCount } from './frame-count.ts';
import { NackRequester } from './nack-requester.ts';
import { Playout } from './playout.ts';

export interface ViewerOptions {
  /** Local id of the transport-wide sequence number extension; 0 for a viewer without it. */
  readonly transportCcId: number;
  readonly streams: readonly StreamOptions[];
}

export interface StreamOptions {
  readonly ssrc: number;
  /** 0 for none; such a stream is not asked for again. */
  readonly rtxSsrc: number;
  readonly clockRate: number;
  /** Of a stream that is shown; what is in others does not matter. */
  readonly codec?: VideoCodecName;
}

/** Without a new frame for so long a browser asks for a keyframe, and sooner where it has had none. */
const maxWaitUs = { first: 200_000, next: 3_000_000 } as const;
const viewerSsrc = 1;
const reportIntervalUs = 1_000_000;
const maxPacketLength = 1500;

/** One SSRC as the viewer has it. */
class ViewerStream {
  readonly frames = new FrameCount();
  readonly playout = new Playout();
  readonly statistics: ReceptionStatistics;
  readonly nacks = new NackRequester();
  readonly sequences = new SequenceUnwrapper();
  readonly options: StreamOptions;
  /** Since when it has waited for a frame, or for the keyframe it has asked for. */
  waitingSinceUs = Number.NaN;

  constructor(options: StreamOptions) {
    this.options = options;
    this.statistics = new ReceptionStatistics(options.clockRate);
  }
}

/**
 * A browser that watches, as far as its packets show: it takes in RTP, and sends transport-wide feedback every 50 ms,
 * receiver reports every second, and NACKs, which RTX answers. Call `tick` every 10 ms or so.
 */
export class SimulatedViewer {
  receivedBytes = 0;
  readonly #send: (packet: Buffer) => void;
  readonly #transportCcId: number;
  readonly #streams: readonly ViewerStream[];
  readonly #feedback = new TransportFeedbackRecorder(viewerSsrc);
  readonly #view = new RtpPacketView();
  readonly #payload = new PayloadInfo();
  readonly #repaired = Buffer.alloc(maxPacketLength);
  readonly #cursor = new RtcpCursor();
  readonly #out = Buffer.alloc(maxPacketLength);
  #nextReportUs = 0;

  constructor(options: ViewerOptions, send: (packet: Buffer) => void) {
    this.#send = send;
    this.#transportCcId = options.transportCcId;
    this.#streams = options.streams.map((stream) => new ViewerStream(stream));
  }

  receive(packet: Buffer, nowUs: number): void {
    if (isRtcp(packet)) {
      this.#onRtcp(packet, nowUs);
      return;
    }
    const view = this.#view;
    if (!view.parse(packet)) return;
    this.receivedBytes += packet.length;
    const transportSequence = readTransportCc(view, this.#transportCcId);
    if (transportSequence >= 0) this.#feedback.onPacket(transportSequence, nowUs);
    const stream = this.#streams.find(({ options }) => options.ssrc === view.ssrc);
    if (stream) this.#onMedia(stream, view, nowUs, false);
    else this.#onRtx(view, nowUs);
  }

  #onMedia(stream: ViewerStream, view: RtpPacketView, nowUs: number, isRepair: boolean): void {
    const extended = stream.sequences.unwrap(view.sequenceNumber);
    stream.nacks.onPacket(extended);
    stream.frames.onPacket(extended, view.timestamp, view.marker);
    if (stream.options.codec !== undefined) this.#show(stream, view, extended, nowUs);
    if (!isRepair) stream.statistics.onPacket(extended, view.timestamp, nowUs);
  }

  #show(stream: ViewerStream, view: RtpPacketView, extendedSequence: number, nowUs: number): void {
    const { playout, options } = stream;
    const payload = this.#payload;
    inspectPayload(options.codec ?? 'VP8', view.buffer, view.payloadOffset, view.payloadLength, payload);
    const shownBefore = playout.shown.length;
    playout.onPacket(extendedSequence, view.timestamp, view.marker, payload.keyframeStart, nowUs);
    if (playout.shown.length > shownBefore || Number.isNaN(stream.waitingSinceUs)) stream.waitingSinceUs = nowUs;
  }

  #onRtx(view: RtpPacketView, nowUs: number): void {
    const stream = this.#streams.find(({ options }) => options.rtxSsrc === view.ssrc);
    if (stream === undefined) return;
    const length = unwrapRtx(view, stream.options.ssrc, 0, this.#repaired);
    if (length > 0 && view.parse(this.#repaired, length)) this.#onMedia(stream, view, nowUs, true);
  }

  #onRtcp(packet: Buffer, nowUs: number): void {
    this.#cursor.open(packet);
    while (this.#cursor.next()) {
      if (this.#cursor.packetType !== rtcpType.senderReport) continue;
      const report = parseSenderReport(this.#cursor);
      const stream = this.#streams.find(({ options }) => options.ssrc === report?.ssrc);
      if (report) stream?.statistics.onSenderReport(report.ntpSeconds, report.ntpFraction, nowUs);
    }
  }

  tick(nowUs: number): void {
    const mediaSsrc = this.#streams[0]?.options.ssrc ?? 0;
    for (const packet of this.#feedback.collect(mediaSsrc, nowUs)) this.#send(packet);
    for (const stream of this.#streams) {
      this.#sendNack(stream, nowUs);
      this.#askForKeyframe(stream, nowUs);
    }
    if (nowUs >= this.#nextReportUs) this.#sendReport(nowUs);
  }

  #sendNack(stream: ViewerStream, nowUs: number): void {
    if (stream.options.rtxSsrc === 0) return;
    // As many as fit one packet; NACKs repeat.
    const sequences = stream.nacks
      .collect(nowUs)
      .slice(0, 300)
      .map((extended) => extended & 0xffff);
    if (sequences.length === 0) return;
    const length = writeNack(this.#out, 0, viewerSsrc, stream.options.ssrc, sequences);
    this.#send(this.#out.subarray(0, length));
  }

  #askForKeyframe(stream: ViewerStream, nowUs: number): void {
    const isFirst = stream.playout.shown.length === 0;
    // Not true of a stream that has not begun.
    if (!(nowUs - stream.waitingSinceUs > (isFirst ? maxWaitUs.first : maxWaitUs.next))) return;
    stream.waitingSinceUs = nowUs;
    const length = writePli(this.#out, 0, viewerSsrc, stream.options.ssrc);
    this.#send(this.#out.subarray(0, length));
  }

  #sendReport(nowUs: number): void {
    this.#nextReportUs = nowUs + reportIntervalUs;
    const blocks: ReportBlock[] = [];
    for (const { options, statistics } of this.#streams) {
      const block = statistics.report(options.ssrc, nowUs);
      if (block) blocks.push(block);
    }
    const length = writeReceiverReport(this.#out, 0, { ssrc: viewerSsrc, blocks });
    this.#send(this.#out.subarray(0, length));
  }

  /** Frames of a stream that came whole. */
  wholeFrames(ssrc: number): number {
    return this.#find(ssrc)?.frames.whole ?? 0;
  }

  /** What is seen of a stream. */
  playout(ssrc: number): Playout | undefined {
    return this.#find(ssrc)?.playout;
  }

  #find(ssrc: number): ViewerStream | undefined {
    return this.#streams.find(({ options }) => options.ssrc === ssrc);
  }
}
