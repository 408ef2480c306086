import { isRtcp } from '../../packages/server/src/rtp/packet.ts';
import {
  feedbackHeaderLength,
  rtcpType,
  transportFeedbackFormat,
  writeFeedbackHeader,
} from '../../packages/server/src/rtp/rtcp/cursor.ts';
import { writeFir, writePli } from '../../packages/server/src/rtp/rtcp/keyframe-request.ts';
import { type ClientPeer, createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import { negotiate, syntheticVideo, watchOffer } from '../support/whip-peer.ts';
import type { RandomBytes } from './random-bytes.ts';
import { randomRtcp } from './random-rtcp.ts';

const rounds = 200;
const packetsARound = 10;
const roundIntervalMs = 5;
/** As many as fit into a datagram; each asks for 17 packets. */
const nackEntries = 300;
const nackEntrySpan = 17;

/** A viewer with a real connection, which sends through it what no viewer sends. */
export class HostileViewer {
  readonly #peer: ClientPeer;
  readonly #url: string;
  readonly #random: RandomBytes;
  /** Of the last packet of video that came. */
  #ssrc = 0;
  #sequence = 0;
  /** Packets of video that came for the first time, and those that came again. */
  forwarded = 0;
  repeated = 0;

  private constructor(peer: ClientPeer, url: string, random: RandomBytes) {
    this.#peer = peer;
    this.#url = url;
    this.#random = random;
    peer.onPacket = (packet) => this.#receive(packet);
  }

  static async watch(whepUrl: string, random: RandomBytes): Promise<HostileViewer> {
    const peer = await createClientPeer();
    const url = await negotiate(peer, whepUrl, watchOffer(peer.remote));
    await peer.connected;
    return new HostileViewer(peer, url, random);
  }

  #receive(packet: Buffer): void {
    if (isRtcp(packet)) return;
    const payloadType = packet.readUInt8(1) & 0x7f;
    if (payloadType === syntheticVideo.rtxPayloadType) this.repeated += 1;
    if (payloadType !== syntheticVideo.payloadType) return;
    this.forwarded += 1;
    this.#sequence = packet.readUInt16BE(2);
    this.#ssrc = packet.readUInt32BE(8);
  }

  /** Random RTCP and RTP, and storms of requests: for all packets that can still be had, and for keyframes. */
  async rage(): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      for (let count = 0; count < packetsARound; count += 1) {
        this.#peer.send(randomRtcp(this.#random, this.#ssrc));
        this.#peer.send(this.#rtp());
        this.#peer.send(this.#keyframeRequest());
      }
      this.#peer.send(this.#nack());
      await new Promise((resolve) => setTimeout(resolve, roundIntervalMs));
    }
  }

  #rtp(): Buffer {
    const packet = this.#random.bytes(12 + this.#random.below(1400));
    packet[0] = 0x80;
    packet[1] = packet.readUInt8(1) & 0xbf;
    return packet;
  }

  #keyframeRequest(): Buffer {
    const packet = Buffer.alloc(20);
    if (this.#random.below(2) === 0) return packet.subarray(0, writePli(packet, 0, 1, this.#ssrc));
    return packet.subarray(0, writeFir(packet, 0, 1, this.#ssrc, this.#random.below(256)));
  }

  /** For everything before the last packet, more than once. */
  #nack(): Buffer {
    const packet = Buffer.alloc(feedbackHeaderLength + 4 * nackEntries);
    const { transportFeedback } = rtcpType;
    writeFeedbackHeader(packet, 0, transportFeedback, transportFeedbackFormat.nack, packet.length, 1, this.#ssrc);
    for (let entry = 0; entry < nackEntries; entry += 1) {
      const first = this.#sequence - nackEntrySpan * ((entry % 120) + 1);
      packet.writeUInt16BE(first & 0xffff, feedbackHeaderLength + 4 * entry);
      packet.writeUInt16BE(0xffff, feedbackHeaderLength + 4 * entry + 2);
    }
    return packet;
  }

  async leave(): Promise<void> {
    await fetch(this.#url, { method: 'DELETE' });
    this.#peer.close();
  }
}
