import { ntpFraction, ntpSeconds } from '../rtp/ntp.ts';
import { writeReceiverReferenceTime } from '../rtp/rtcp/extended-report.ts';
import { writeFir, writePli } from '../rtp/rtcp/keyframe-request.ts';
import { writeNack } from '../rtp/rtcp/nack.ts';
import { writeRemb } from '../rtp/rtcp/remb.ts';
import { type ReportBlock, writeReceiverReport } from '../rtp/rtcp/report.ts';
import type { Source } from './source.ts';
import type { Track } from './track.ts';
import { TransportFeedbackRecorder } from './transport-feedback-recorder.ts';
import type { PacketSink } from './viewer-line.ts';

/** We send the host no media, so any SSRC will do; libwebrtc's receive-only sessions use 1 as well. */
export const ownSsrc = 1;
/** RFC 3550 would allow 5 s; hosts judge their line by these where there is no transport-wide feedback. */
const reportIntervalUs = 1_000_000;
const maxFeedbackLength = 1400;
/** Entries of one NACK packet, at the worst of one entry a number. */
const maxNackSize = 300;

/** The RTCP that goes back to the host: reports, transport-wide feedback, NACKs and keyframe requests. */
export class PublisherFeedback {
  readonly transport = new TransportFeedbackRecorder(ownSsrc);
  /** Sequence numbers asked for again, and keyframes asked for. */
  packetsNacked = 0;
  keyframesRequested = 0;
  readonly #sink: PacketSink;
  readonly #tracks: readonly Track[];
  readonly #maxBitrateBps: number;
  readonly #buffer = Buffer.alloc(maxFeedbackLength);
  readonly #missing: number[] = [];
  #nextReportUs = 0;

  constructor(sink: PacketSink, tracks: readonly Track[], maxBitrateBps: number) {
    this.#sink = sink;
    this.#tracks = tracks;
    this.#maxBitrateBps = maxBitrateBps;
  }

  tick(nowUs: number): void {
    for (const track of this.#tracks) {
      for (const source of track.sources) {
        if (source.ssrc < 0) continue;
        this.#repair(track, source, nowUs);
        if (source.keyframes.due(nowUs)) this.#requestKeyframe(track, source);
      }
    }
    const mediaSsrc = this.#anySsrc();
    if (mediaSsrc < 0) return;
    for (const packet of this.transport.collect(mediaSsrc, nowUs)) this.#sink.send(packet);
    if (nowUs < this.#nextReportUs) return;
    this.#nextReportUs = nowUs + reportIntervalUs;
    this.#report(nowUs);
  }

  #anySsrc(): number {
    for (const track of this.#tracks) {
      for (const source of track.sources) if (source.ssrc >= 0) return source.ssrc;
    }
    return -1;
  }

  #repair(track: Track, source: Source, nowUs: number): void {
    this.#missing.length = 0;
    const isWhole = source.nack.collect(nowUs, this.#missing);
    // What was given up leaves a hole that only a keyframe closes.
    if (!isWhole && source.kind === 'video') source.keyframes.request();
    if (this.#missing.length === 0 || !track.parameters.feedback.nack) return;
    for (let from = 0; from < this.#missing.length; from += maxNackSize) {
      const part = this.#missing.slice(from, from + maxNackSize).map((sequence) => sequence & 0xffff);
      this.#send(writeNack(this.#buffer, 0, ownSsrc, source.ssrc, part));
      this.packetsNacked += part.length;
    }
  }

  #requestKeyframe(track: Track, source: Source): void {
    const { pli, fir } = track.parameters.feedback;
    this.keyframesRequested += 1;
    if (pli || !fir) {
      this.#send(writePli(this.#buffer, 0, ownSsrc, source.ssrc));
      return;
    }
    track.firSequence += 1;
    this.#send(writeFir(this.#buffer, 0, ownSsrc, source.ssrc, track.firSequence));
  }

  #report(nowUs: number): void {
    const blocks: ReportBlock[] = [];
    const rembSsrcs: number[] = [];
    for (const track of this.#tracks) {
      const { remb, transportCc } = track.parameters.feedback;
      for (const source of track.sources) {
        const block = source.ssrc < 0 ? undefined : source.reception.report(source.ssrc, nowUs);
        if (block === undefined) continue;
        blocks.push(block);
        if (remb && !transportCc) rembSsrcs.push(source.ssrc);
      }
    }
    let length = writeReceiverReport(this.#buffer, 0, { ssrc: ownSsrc, blocks });
    if (rembSsrcs.length > 0) {
      const remb = { senderSsrc: ownSsrc, bitrateBps: this.#maxBitrateBps, ssrcs: rembSsrcs };
      length += writeRemb(this.#buffer, length, remb);
    }
    // The host's round trip: browsers answer this with their next sender report, others pass it by.
    length += writeReceiverReferenceTime(this.#buffer, length, ownSsrc, ntpSeconds(nowUs), ntpFraction(nowUs));
    this.#send(length);
  }

  #send(length: number): void {
    this.#sink.send(this.#buffer.subarray(0, length));
  }
}
