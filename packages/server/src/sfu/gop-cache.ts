import type { OutgoingPacket } from './outgoing-packet.ts';
import type { PacketRing } from './packet-ring.ts';

/** Hosts with a key interval of 10 s (OBS, ffmpeg) are within; encoders that send keyframes on request only are not. */
const maxAgeUs = 12_000_000;
/** A missing packet is waited for so long: it may be on its way, out of order or as a retransmission. */
const openEnd = 32;

/**
 * The group of pictures that a source is in: from its last keyframe on, as far as its ring holds it.
 * A viewer who joins is shown it at once, without asking the host for a keyframe.
 */
export class GopCache {
  readonly #ring: PacketRing;
  #start = -1;
  #startTimestamp = -1;
  #startUs = 0;

  constructor(ring: PacketRing) {
    this.#ring = ring;
  }

  /** The first packet of a keyframe; H264 marks several, of which the earliest is the start. */
  onKeyframe(packet: OutgoingPacket, nowUs: number): void {
    const isSame = packet.timestamp === this.#startTimestamp;
    if (isSame ? packet.extendedSequence > this.#start : packet.extendedSequence < this.#start) return;
    this.#start = packet.extendedSequence;
    this.#startTimestamp = packet.timestamp;
    if (!isSame) this.#startUs = nowUs;
    this.#ring.keepFrom = this.#start;
  }

  /** Lets the ring forget a group that has grown too old to be shown. */
  tick(nowUs: number): void {
    if (this.#start < 0 || nowUs - this.#startUs <= maxAgeUs) return;
    this.#start = -1;
    this.#ring.keepFrom = Number.POSITIVE_INFINITY;
  }

  /**
   * Where replay can start: the sequence number of the keyframe's first packet, or -1 where the group is too old, too
   * big for the ring, or has a hole that no decoder would get over.
   */
  startSequence(highestSequence: number): number {
    if (this.#start < 0) return -1;
    for (let sequence = this.#start; sequence <= highestSequence - openEnd; sequence += 1) {
      if (this.#ring.lengthOf(sequence) === 0) return -1;
    }
    return this.#ring.lengthOf(this.#start) > 0 ? this.#start : -1;
  }

  /** Bytes from `sequence` to the end, as they are sent. */
  bytesFrom(sequence: number, highestSequence: number): number {
    let bytes = 0;
    for (let at = sequence; at <= highestSequence; at += 1) bytes += this.#ring.lengthOf(at);
    return bytes;
  }
}
