import type { LossModel } from './loss-model.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** SRTP tag (10), UDP (8) and IPv4 (20) headers: bytes on the line that an RTP packet does not know of. */
export const overheadBytes = 38;

export interface LinkOptions {
  /** Infinity: no bottleneck. */
  readonly bitrateBps: number;
  /** One way. */
  readonly propagationMs: number;
  /** What the queue holds at most, in time at the present rate; beyond it packets are dropped at the tail. */
  readonly queueMs?: number;
  /** Each packet comes up to this much later, by chance, and never before the one in front of it. */
  readonly jitterMs?: number;
  /** Share of packets that a later one overtakes. */
  readonly reordering?: number;
  readonly loss?: LossModel;
  readonly random: Random;
}

const defaultQueueMs = 500;
/** A packet that is overtaken comes so much later. */
const reorderedByUs = 8_000;

/** One direction of a line: a queue in front of a bottleneck, then the way. Any number of flows may share it. */
export class Link {
  bitrateBps: number;
  delivered = 0;
  dropped = 0;
  lost = 0;
  readonly #time: VirtualTime;
  readonly #options: LinkOptions;
  /** When the bottleneck is done with what is queued now. */
  #freeUs = 0;
  #lastArrivalUs = 0;

  constructor(time: VirtualTime, options: LinkOptions) {
    this.#time = time;
    this.#options = options;
    this.bitrateBps = options.bitrateBps;
  }

  /** How long a packet that came now would wait, in milliseconds. */
  get queueMs(): number {
    return Math.max(0, this.#freeUs - this.#time.nowUs) / 1000;
  }

  /** What is queued is sent at the new rate, too. */
  setBitrate(bitrateBps: number): void {
    const queuedUs = Math.max(0, this.#freeUs - this.#time.nowUs);
    this.#freeUs = this.#time.nowUs + queuedUs * (this.bitrateBps / bitrateBps);
    this.bitrateBps = bitrateBps;
  }

  /** Takes a packet in; `deliver` gets a copy of it at the other end, if it gets there. */
  send(packet: Buffer, deliver: (packet: Buffer, nowUs: number) => void): void {
    const { propagationMs, queueMs = defaultQueueMs, loss } = this.#options;
    if (this.queueMs > queueMs) {
      this.dropped += 1;
      return;
    }
    const nowUs = this.#time.nowUs;
    const bits = (packet.length + overheadBytes) * 8;
    this.#freeUs = Math.max(nowUs, this.#freeUs) + (bits / this.bitrateBps) * 1e6;
    if (loss?.()) {
      this.lost += 1;
      return;
    }
    const copy = Buffer.from(packet);
    const arrivalUs = this.#shake(this.#freeUs + propagationMs * 1000);
    this.#time.after(arrivalUs - nowUs, () => {
      this.delivered += 1;
      deliver(copy, this.#time.nowUs);
    });
  }

  #shake(arrivalUs: number): number {
    const { jitterMs = 0, reordering = 0, random } = this.#options;
    if (reordering > 0 && random() < reordering) return arrivalUs + reorderedByUs;
    const shakenUs = arrivalUs + random() * jitterMs * 1000;
    this.#lastArrivalUs = Math.max(this.#lastArrivalUs, shakenUs);
    return this.#lastArrivalUs;
  }
}
