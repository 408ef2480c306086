import { RtpPacketView } from '../../rtp/packet.ts';
import { inspectPayload } from '../../rtp/payload/inspect.ts';
import { PayloadInfo } from '../../rtp/payload/payload-info.ts';
import { RtcpCursor, rtcpType } from '../../rtp/rtcp/cursor.ts';
import { parseSenderReport, type ReportBlock } from '../../rtp/rtcp/report.ts';
import { unwrapRtx } from '../../rtp/rtx.ts';
import { readTrace, type Trace, wallClockMs } from '../media/trace.ts';
import type { DelayHistogram } from '../report/histogram.ts';
import type { ServerMedia } from './description.ts';
import { ReceivedStream, type StreamCounts } from './received-stream.ts';
import { TracedPackets } from './traced-packets.ts';

const videoClockRate = 90_000;
const audioClockRate = 48_000;
/** Left out of the delays: packets that a server replays to whoever joins are old by design. */
const replayMs = 2000;

type Format = 'video' | 'audio' | 'rtx' | undefined;

/** All that a viewer receives, by stream, and what there is to say of it. */
export class ReceivedMedia {
  readonly video = new Map<number, ReceivedStream>();
  readonly audio = new Map<number, ReceivedStream>();
  readonly traced = new TracedPackets();
  firstPacketMs = -1;
  firstKeyframeMs = -1;
  lastPacketMs = -1;
  packetsReceived = 0;
  bytesReceived = 0;
  /** Retransmissions of packets that were there: probes of the line. */
  needlessRetransmissions = 0;
  readonly #formats: Format[] = new Array(128).fill(undefined);
  readonly #codec: 'VP8' | 'H264';
  readonly #delays: DelayHistogram;
  readonly #view = new RtpPacketView();
  readonly #unwrapped = Buffer.alloc(2048);
  readonly #payload = new PayloadInfo();
  readonly #trace: Trace = { layer: 0, index: 0, sentMs: 0 };
  readonly #cursor = new RtcpCursor();
  #latestVideo: ReceivedStream | undefined;

  constructor(codec: 'VP8' | 'H264', delays: DelayHistogram) {
    this.#codec = codec;
    this.#delays = delays;
  }

  onAnswer(media: readonly ServerMedia[]): void {
    for (const { kind, formats } of media)
      for (const [payloadType, name] of formats) {
        const format = name === 'RTX' ? 'rtx' : kind === 'video' || kind === 'audio' ? kind : undefined;
        this.#formats[Number(payloadType) & 0x7f] = format;
      }
  }

  /** Takes the packet that `view` shows. */
  onRtp(view: RtpPacketView, nowMs: number): void {
    if (this.firstPacketMs < 0) this.firstPacketMs = nowMs;
    this.lastPacketMs = nowMs;
    this.packetsReceived += 1;
    this.bytesReceived += view.length;
    switch (this.#formats[view.payloadType]) {
      case 'video':
        this.#latestVideo = streamOf(this.video, view.ssrc, videoClockRate);
        this.#onVideo(view, this.#latestVideo, nowMs);
        return;
      case 'audio':
        streamOf(this.audio, view.ssrc, audioClockRate).onPacket(view.sequenceNumber, view.timestamp, nowMs * 1000);
        return;
      case 'rtx':
        this.#onRetransmission(view, nowMs);
    }
  }

  /** A stream of its own repairs the video (RFC 4588); here a viewer has one video. */
  #onRetransmission(view: RtpPacketView, nowMs: number): void {
    const stream = this.#latestVideo;
    if (stream === undefined || view.length > this.#unwrapped.length) return;
    const length = unwrapRtx(view, stream.ssrc, 0, this.#unwrapped);
    if (length < 0 || !this.#view.parse(this.#unwrapped, length)) return;
    if (!this.#onVideo(this.#view, stream, nowMs)) this.needlessRetransmissions += 1;
  }

  /** Returns false for a packet that has come before. */
  #onVideo(view: RtpPacketView, stream: ReceivedStream, nowMs: number): boolean {
    if (!stream.onPacket(view.sequenceNumber, view.timestamp, nowMs * 1000)) return false;
    if (this.firstKeyframeMs < 0 && this.#startsKeyframe(view)) this.firstKeyframeMs = nowMs;
    const trace = this.#trace;
    if (readTrace(view.buffer, view.payloadOffset + view.payloadLength, trace)) {
      this.traced.onPacket(trace);
      if (nowMs - this.firstPacketMs > replayMs) this.#delays.add(wallClockMs() - trace.sentMs);
    }
    return true;
  }

  #startsKeyframe({ buffer, payloadOffset, payloadLength }: RtpPacketView): boolean {
    const isRead = inspectPayload(this.#codec, buffer, payloadOffset, payloadLength, this.#payload);
    return isRead && this.#payload.keyframeStart;
  }

  onRtcp(packet: Buffer, nowMs: number): void {
    const cursor = this.#cursor;
    cursor.open(packet);
    while (cursor.next()) {
      if (cursor.packetType !== rtcpType.senderReport) continue;
      const report = parseSenderReport(cursor);
      if (report === undefined) continue;
      const stream = this.video.get(report.ssrc) ?? this.audio.get(report.ssrc);
      stream?.onSenderReport(report.ntpSeconds, report.ntpFraction, nowMs * 1000);
    }
  }

  reportBlocks(nowMs: number): ReportBlock[] {
    const streams = [...this.video.values(), ...this.audio.values()];
    return streams.flatMap((stream) => stream.report(nowMs * 1000) ?? []);
  }

  startCounting(): void {
    for (const stream of this.video.values()) stream.startCounting();
    this.traced.startCounting();
  }

  /** Of all video. */
  counts(): StreamCounts {
    const sum: StreamCounts = { expected: 0, delivered: 0, recovered: 0, pending: 0, duplicates: 0, gaps: 0 };
    for (const stream of this.video.values()) {
      const counts = stream.counts();
      sum.expected += counts.expected;
      sum.delivered += counts.delivered;
      sum.recovered += counts.recovered;
      sum.pending += counts.pending;
      sum.duplicates += counts.duplicates;
      sum.gaps += counts.gaps;
    }
    sum.duplicates -= this.needlessRetransmissions;
    return sum;
  }
}

function streamOf(streams: Map<number, ReceivedStream>, ssrc: number, clockRate: number): ReceivedStream {
  let stream = streams.get(ssrc);
  if (stream === undefined) {
    stream = new ReceivedStream(ssrc, clockRate);
    streams.set(ssrc, stream);
  }
  return stream;
}
