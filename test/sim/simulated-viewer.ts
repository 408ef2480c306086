import { readTransportCc } from '../../packages/server/src/rtp/extensions.ts';
import { isRtcp, RtpPacketView } from '../../packages/server/src/rtp/packet.ts';
import { RtcpCursor, rtcpType } from '../../packages/server/src/rtp/rtcp/cursor.ts';
import { writeNack } from '../../packages/server/src/rtp/rtcp/nack.ts';
import { parseSenderReport, type ReportBlock, writeReceiverReport } from '../../packages/server/src/rtp/rtcp/report.ts';
import { unwrapRtx } from '../../packages/server/src/rtp/rtx.ts';
import { SequenceUnwrapper } from '../../packages/server/src/rtp/sequence.ts';
import { NackGenerator } from '../../packages/server/src/sfu/nack-generator.ts';
import { ReceptionStatistics } from '../../packages/server/src/sfu/reception-statistics.ts';
import { TransportFeedbackRecorder } from '../../packages/server/src/sfu/transport-feedback-recorder.ts';
import { FrameCount } from './frame-count.ts';

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
}

const viewerSsrc = 1;
const reportIntervalUs = 1_000_000;
const maxPacketLength = 1500;

/** One SSRC as the viewer has it. */
class ViewerStream {
  readonly frames = new FrameCount();
  readonly statistics: ReceptionStatistics;
  readonly nacks = new NackGenerator();
  readonly sequences = new SequenceUnwrapper();
  readonly options: StreamOptions;

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
    stream.nacks.onPacket(extended, nowUs);
    stream.frames.onPacket(extended, view.timestamp, view.marker);
    if (!isRepair) stream.statistics.onPacket(extended, view.timestamp, nowUs);
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
    for (const stream of this.#streams) this.#sendNack(stream, nowUs);
    if (nowUs >= this.#nextReportUs) this.#sendReport(nowUs);
  }

  #sendNack(stream: ViewerStream, nowUs: number): void {
    if (stream.options.rtxSsrc === 0) return;
    const missing: number[] = [];
    stream.nacks.collect(nowUs, missing);
    // As many as fit one packet; NACKs repeat.
    const sequences = missing.slice(0, 300).map((extended) => extended & 0xffff);
    if (sequences.length === 0) return;
    const length = writeNack(this.#out, 0, viewerSsrc, stream.options.ssrc, sequences);
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
    return this.#streams.find(({ options }) => options.ssrc === ssrc)?.frames.whole ?? 0;
  }
}
