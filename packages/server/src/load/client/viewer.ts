import { readTransportCc } from '../../rtp/extensions.ts';
import { isRtcp, RtpPacketView } from '../../rtp/packet.ts';
import { writePli } from '../../rtp/rtcp/keyframe-request.ts';
import { writeNack } from '../../rtp/rtcp/nack.ts';
import { writeReceiverReport } from '../../rtp/rtcp/report.ts';
import { TransportFeedbackRecorder } from '../../sfu/transport-feedback-recorder.ts';
import type { ClientPeer } from '../../transport/datachannel/client-peer.ts';
import type { HostMedia } from '../media/host-media.ts';
import type { Plan } from '../plan.ts';
import type { Random } from '../random.ts';
import type { DelayHistogram } from '../report/histogram.ts';
import type { SessionRecord } from '../report/session-record.ts';
import { connectPeer, type PeerSession } from './connect-peer.ts';
import type { ServerDescription } from './description.ts';
import { CallError } from './http-call.ts';
import { writeViewerOffer } from './offer.ts';
import { ReceivedMedia } from './received-media.ts';
import { fillTemplate } from './urls.ts';

const ownSsrc = 1;
const reportIntervalMs = 1000;
/** A server that sends a keyframe by itself has done so by then. */
const keyframePatienceMs = 500;
const keyframeRequestIntervalMs = 2000;
/** Entries of one NACK, so that it stays a small packet. */
const maxNacked = 250;

export interface ViewerOptions {
  readonly room: string;
  readonly plan: Plan;
  readonly media: Pick<HostMedia, 'codec' | 'profileLevelId'>;
  readonly random: Random;
  readonly delays: DelayHistogram;
}

/** One session of a viewer, who behaves as clients do: reports, asks again for what is missing, and tells arrivals. */
export class Viewer {
  readonly room: string;
  readonly media: ReceivedMedia;
  readonly #options: ViewerOptions;
  readonly #view = new RtpPacketView();
  readonly #buffer = Buffer.alloc(1500);
  readonly #nacked: number[] = [];
  #session: PeerSession | undefined;
  #feedback: TransportFeedbackRecorder | undefined;
  #transportCcId = 0;
  #startMs = 0;
  #answerMs = -1;
  #connectMs = -1;
  #error: string | undefined;
  #reportDueMs = 0;
  #keyframeRequestDueMs = 0;
  #ignored = 0;

  constructor(options: ViewerOptions) {
    this.#options = options;
    this.room = options.room;
    this.media = new ReceivedMedia(options.media.codec, options.delays);
  }

  get isConnected(): boolean {
    return this.#session !== undefined;
  }

  /** @throws CallError, which its record tells of too */
  async join(): Promise<void> {
    const { room, plan, media } = this.#options;
    this.#startMs = performance.now();
    try {
      this.#session = await connectPeer({
        url: fillTemplate(plan.whepUrl, room),
        token: plan.whepToken === undefined ? undefined : fillTemplate(plan.whepToken, room),
        bindAddress: plan.bindAddress,
        controlsIce: plan.controlsIce,
        offer: ({ remote }) => writeViewerOffer(remote, { ...media, transportCc: plan.transportCc }),
        onAnswer: (description) => this.#onAnswer(description),
        onPacket: (packet) => this.#onPacket(packet),
      });
    } catch (error) {
      this.#error = error instanceof CallError ? error.kind : 'internal';
      throw error;
    }
    const nowMs = performance.now();
    this.#connectMs = nowMs - this.#startMs;
    // So that a thousand viewers do not report at once.
    this.#reportDueMs = nowMs + reportIntervalMs * this.#options.random();
    this.#keyframeRequestDueMs = nowMs + keyframePatienceMs;
  }

  #onAnswer({ media }: ServerDescription): void {
    this.#answerMs = performance.now() - this.#startMs;
    this.media.onAnswer(media);
    this.#transportCcId = media.find(({ kind }) => kind === 'video')?.transportCcId ?? 0;
    if (this.#transportCcId > 0) this.#feedback = new TransportFeedbackRecorder(ownSsrc);
  }

  #onPacket(packet: Buffer): void {
    const nowMs = performance.now();
    if (isRtcp(packet)) {
      this.media.onRtcp(packet, nowMs);
      return;
    }
    const { plan, random } = this.#options;
    if (plan.downlinkLoss > 0 && random() < plan.downlinkLoss) {
      this.#ignored += 1;
      return;
    }
    const view = this.#view;
    if (!view.parse(packet)) return;
    if (this.#feedback !== undefined) {
      const sequence = readTransportCc(view, this.#transportCcId);
      if (sequence >= 0) this.#feedback.onPacket(sequence, nowMs * 1000);
    }
    this.media.onRtp(view, nowMs);
  }

  /** Sends the feedback that is due. */
  tick(nowMs: number): void {
    const peer = this.#session?.peer;
    if (peer === undefined) return;
    const [video] = this.media.video.values();
    if (this.#feedback !== undefined && video !== undefined)
      for (const packet of this.#feedback.collect(video.ssrc, nowMs * 1000)) peer.send(packet);
    this.#askAgain(peer, nowMs);
    if (nowMs >= this.#reportDueMs) {
      this.#reportDueMs = nowMs + reportIntervalMs;
      const report = { ssrc: ownSsrc, blocks: this.media.reportBlocks(nowMs) };
      peer.send(this.#buffer.subarray(0, writeReceiverReport(this.#buffer, 0, report)));
    }
  }

  #askAgain(peer: ClientPeer, nowMs: number): void {
    let needsKeyframe = this.media.firstKeyframeMs < 0;
    for (const stream of this.media.video.values()) {
      this.#nacked.length = 0;
      if (!stream.collectNacks(nowMs * 1000, this.#nacked)) needsKeyframe = true;
      for (let from = 0; from < this.#nacked.length; from += maxNacked) {
        const part = this.#nacked.slice(from, from + maxNacked);
        peer.send(this.#buffer.subarray(0, writeNack(this.#buffer, 0, ownSsrc, stream.ssrc, part)));
      }
    }
    if (!needsKeyframe || nowMs < this.#keyframeRequestDueMs) return;
    this.#keyframeRequestDueMs = nowMs + keyframeRequestIntervalMs;
    const [video] = this.media.video.values();
    if (video !== undefined) peer.send(this.#buffer.subarray(0, writePli(this.#buffer, 0, ownSsrc, video.ssrc)));
  }

  /** @throws CallError where the server does not take the DELETE */
  async leave(): Promise<void> {
    await this.#session?.leave();
  }

  /**
   * @param hostPackets what the host of the room had made when the count ended; undefined where the viewer leaves before
   * @param stalledAfterMs a viewer that has been there until then, and whose last packet is older, was left without media
   */
  record(hostPackets?: number, stalledAfterMs?: number): SessionRecord {
    const { media } = this;
    const since = (ms: number) => (ms < 0 ? undefined : ms - this.#startMs);
    const counts = media.counts();
    // The host's count is of all layers together, so it says nothing of one.
    const isTraced = hostPackets !== undefined && !this.#isSimulcast && media.traced.isWhole;
    return {
      room: this.room,
      error: this.#error ?? this.#fault(stalledAfterMs),
      answerMs: this.#answerMs < 0 ? undefined : this.#answerMs,
      connectMs: this.#connectMs < 0 ? undefined : this.#connectMs,
      firstPacketMs: since(media.firstPacketMs),
      firstKeyframeMs: since(media.firstKeyframeMs),
      ...counts,
      ...(isTraced && { expected: media.traced.expected(hostPackets), delivered: media.traced.delivered(hostPackets) }),
      isTraced,
      ignored: this.#ignored,
      packetsReceived: media.packetsReceived,
      bytesReceived: media.bytesReceived,
    };
  }

  get #isSimulcast(): boolean {
    const { media } = this.#options.plan;
    return media.kind === 'synthetic' && media.simulcast;
  }

  #fault(stalledAfterMs: number | undefined): string | undefined {
    const session = this.#session;
    if (session === undefined) return undefined;
    if (session.peer.state !== 'connected') return 'cut off';
    // Who has only just come may have to wait for a keyframe.
    const wasThere = stalledAfterMs !== undefined && this.#startMs + this.#connectMs < stalledAfterMs;
    return wasThere && this.media.lastPacketMs < stalledAfterMs ? 'no media' : undefined;
  }
}
