import { isRtcp } from '../../rtp/packet.ts';
import { payloadFeedbackFormat, RtcpCursor, rtcpType, transportFeedbackFormat } from '../../rtp/rtcp/cursor.ts';
import { parseFir, parsePli } from '../../rtp/rtcp/keyframe-request.ts';
import { parseNack } from '../../rtp/rtcp/nack.ts';
import type { ClientPeer } from '../../transport/datachannel/client-peer.ts';
import type { HostMedia } from '../media/host-media.ts';
import { SyntheticOpus } from '../media/synthetic-stream.ts';
import { payloadTypes } from '../media/video-stream.ts';
import type { Plan } from '../plan.ts';
import type { Random } from '../random.ts';
import { connectPeer, type PeerSession } from './connect-peer.ts';
import { LayerSender } from './layer-sender.ts';
import { writeHostOffer } from './offer.ts';
import { fillTemplate } from './urls.ts';

const firstVideoSsrc = 0x1000_0000;
const audioSsrc = 0x2000_0000;
const reportIntervalMs = 1000;

export interface HostCounts {
  /** Video packets made, those kept back for `uplinkLoss` among them. */
  packets: number;
  bytesSent: number;
  retransmitted: number;
  keyframeRequests: number;
}

/** Publishes into one room. */
export class Host {
  readonly room: string;
  readonly counts: HostCounts = { packets: 0, bytesSent: 0, retransmitted: 0, keyframeRequests: 0 };
  /** How late frames left, in ms; the generator's own fault. */
  onFrame: (lateMs: number) => void = () => {};
  readonly #plan: Plan;
  readonly #random: Random;
  readonly #media: HostMedia;
  readonly #cursor = new RtcpCursor();
  readonly #report = Buffer.alloc(64);
  #session: PeerSession | undefined;
  #layers: readonly LayerSender[] = [];
  #audio: SyntheticOpus | undefined;
  #audioDueMs = -1;
  #reportDueMs = 0;

  constructor(room: string, media: HostMedia, plan: Plan, random: Random) {
    this.room = room;
    this.#media = media;
    this.#plan = plan;
    this.#random = random;
  }

  /** @throws CallError */
  async publish(): Promise<void> {
    const { codec, profileLevelId, rids, isSynthetic } = this.#media;
    const { whipUrl, whipToken, bindAddress, controlsIce, audio } = this.#plan;
    const offered = {
      codec,
      profileLevelId,
      rids,
      videoSsrc: firstVideoSsrc,
      audioSsrc: audio ? audioSsrc : undefined,
    };
    this.#layers = this.#media
      .createStreams(firstVideoSsrc)
      .map((stream, index) => new LayerSender(stream, index, isSynthetic));
    if (audio) this.#audio = new SyntheticOpus({ ssrc: audioSsrc, payloadType: payloadTypes.audio });
    this.#session = await connectPeer({
      url: fillTemplate(whipUrl, this.room),
      token: whipToken === undefined ? undefined : fillTemplate(whipToken, this.room),
      bindAddress,
      controlsIce,
      offer: ({ remote }) => writeHostOffer(remote, offered),
      onPacket: (packet) => this.#onPacket(packet),
    });
  }

  /** Sends what is due by now. */
  tick(nowMs: number): void {
    const peer = this.#session?.peer;
    if (peer === undefined) return;
    for (const layer of this.#layers) {
      const lateMs = layer.sendDue(nowMs, (packet) => this.#send(peer, packet));
      if (lateMs >= 0) this.onFrame(lateMs);
    }
    this.counts.packets = this.#layers.reduce((sum, { packetCount }) => sum + packetCount, 0);
    if (this.#audio !== undefined) this.#sendAudio(this.#audio, peer, nowMs);
    if (nowMs < this.#reportDueMs) return;
    this.#reportDueMs = nowMs + reportIntervalMs;
    for (const layer of this.#layers) peer.send(this.#report.subarray(0, layer.writeReport(this.#report)));
  }

  async leave(): Promise<void> {
    await this.#session?.leave();
  }

  #sendAudio(audio: SyntheticOpus, peer: ClientPeer, nowMs: number): void {
    if (this.#audioDueMs < 0) this.#audioDueMs = nowMs;
    for (; this.#audioDueMs <= nowMs; this.#audioDueMs += audio.frameIntervalUs / 1000) {
      this.#send(peer, audio.nextPacket());
    }
  }

  #send(peer: ClientPeer, packet: Buffer): void {
    if (this.#plan.uplinkLoss > 0 && this.#random() < this.#plan.uplinkLoss) return;
    if (peer.send(packet)) this.counts.bytesSent += packet.length;
  }

  #onPacket(packet: Buffer): void {
    if (!isRtcp(packet)) return;
    const cursor = this.#cursor;
    cursor.open(packet);
    while (cursor.next()) {
      const { packetType, format } = cursor;
      if (packetType === rtcpType.transportFeedback && format === transportFeedbackFormat.nack) this.#onNack();
      else if (packetType === rtcpType.payloadFeedback && format === payloadFeedbackFormat.pli)
        this.#onKeyframeRequest(parsePli(cursor));
      else if (packetType === rtcpType.payloadFeedback && format === payloadFeedbackFormat.fir)
        for (const { mediaSsrc } of parseFir(cursor) ?? []) this.#onKeyframeRequest(mediaSsrc);
    }
  }

  #onNack(): void {
    const nack = parseNack(this.#cursor);
    const peer = this.#session?.peer;
    if (nack === undefined || peer === undefined) return;
    for (const packet of this.#layers
      .find(({ stream }) => stream.ssrc === nack.mediaSsrc)
      ?.kept(nack.sequenceNumbers) ?? []) {
      this.counts.retransmitted += 1;
      this.#send(peer, packet);
    }
  }

  #onKeyframeRequest(ssrc: number): void {
    this.counts.keyframeRequests += 1;
    this.#layers.find(({ stream }) => stream.ssrc === ssrc)?.stream.requestKeyframe();
  }
}
