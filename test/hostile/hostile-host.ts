import { type ClientPeer, createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import { SyntheticVp8 } from '../support/synthetic-stream.ts';
import { negotiate, publishOffer, syntheticAudio, syntheticVideo } from '../support/whip-peer.ts';
import type { RandomBytes } from './random-bytes.ts';
import { randomRtcp } from './random-rtcp.ts';

const rounds = 200;
const packetsARound = 20;
const roundIntervalMs = 5;

/** A host with a real connection, which sends through it what no host sends. */
export class HostileHost {
  readonly #peer: ClientPeer;
  readonly #url: string;
  readonly #random: RandomBytes;
  #sequence = 0;

  private constructor(peer: ClientPeer, url: string, random: RandomBytes) {
    this.#peer = peer;
    this.#url = url;
    this.#random = random;
  }

  static async publish(whipUrl: string, random: RandomBytes): Promise<HostileHost> {
    const peer = await createClientPeer();
    const url = await negotiate(peer, whipUrl, publishOffer(peer.remote));
    await peer.connected;
    return new HostileHost(peer, url, random);
  }

  /** Sends something that viewers can begin with. */
  sendKeyframe(): void {
    const video = new SyntheticVp8({ ...syntheticVideo, firstSequence: this.#sequence });
    for (const packet of video.nextFrame()) this.#peer.send(packet);
    this.#sequence += 6;
  }

  /** @returns how many packets SRTP has taken */
  async rage(): Promise<number> {
    let sent = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (let count = 0; count < packetsARound; count += 1) {
        if (this.#peer.send(this.#rtp())) sent += 1;
        if (this.#peer.send(randomRtcp(this.#random, syntheticVideo.ssrc))) sent += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, roundIntervalMs));
    }
    return sent;
  }

  /** RTP in form, random in all else: known streams and new ones, jumping numbers, broken extensions, false padding. */
  #rtp(): Buffer {
    const random = this.#random;
    const packet = random.bytes(40 + random.below(1400));
    const hasExtensions = random.below(2) === 1;
    packet[0] = random.pick([0x80, 0xa0]) | (hasExtensions ? 0x10 : 0);
    const { payloadType, rtxPayloadType, ssrc, rtxSsrc } = syntheticVideo;
    packet[1] = random.pick([payloadType, rtxPayloadType, syntheticAudio.payloadType]) | random.pick([0, 0x80]);
    // Only forward: SRTP itself drops what goes back too far.
    this.#sequence = (this.#sequence + 1 + random.below(random.pick([1, 600, 20_000]))) & 0xffff;
    packet.writeUInt16BE(this.#sequence, 2);
    packet.writeUInt32BE(random.pick([ssrc, rtxSsrc, syntheticAudio.ssrc, random.below(2 ** 32)]), 8);
    if (hasExtensions) packet.writeUInt32BE(random.pick([0xbede0003, 0x10000003, 0xbede0000]), 12);
    return packet;
  }

  async leave(): Promise<void> {
    await fetch(this.#url, { method: 'DELETE' });
    this.#peer.close();
  }
}
