import type { BandwidthEstimator, Probe } from './bwe/bandwidth-estimator.ts';
import { PacingBudget } from './pacing-budget.ts';
import { RateMeter } from './rate-meter.ts';

/** Where packets leave: one viewer's (or the host's) connection. Copies the packet; false where it was not sent. */
export interface PacketSink {
  send(packet: Buffer): boolean;
}

/** Frames and keyframes leave faster than the estimate, so that they do not come late; not so fast that queues build. */
const pacingFactor = 2.5;
/** While so much waits in the line already, more would only make the next layer's keyframe late. */
const fullQueueUs = 60_000;
const fullLineFactor = 1;
/** A group of pictures is replayed within so much time, as far as these rates allow. */
const replayUs = 250_000;
const minReplayBps = 4e6;
/** A group of 10 s at 1.7 Mbps takes 0.6 s at this rate, while the live stream goes on. */
const maxReplayBps = 30e6;
/**
 * What may leave before anything is known of the line (RFC 6928, section 2, has the same for TCP): a first picture, and
 * enough to measure by. At 0.3 Mbps it takes 0.4 s.
 */
const startBytes = 15_000;
/** So that the budget holds just that much at once. */
const startBurstBps = 3e6;
/** From tick to tick: twice as much in 0.2 s, within which a queue would show. */
const replayGrowth = 1.07;
const maxRepairShare = 0.5;
/** What of a probe leaves at one tick. */
const probeStepUs = 20_000;

/** One viewer's line: what it carries, how fast packets may leave, and how they are numbered on it. */
export class ViewerLine {
  readonly estimator: BandwidthEstimator;
  readonly budget = new PacingBudget(Number.POSITIVE_INFINITY);
  readonly #sink: PacketSink;
  readonly #repairRate = new RateMeter();
  /** 16 bits, of the next packet that carries one. */
  transportSequence = 0;
  #sentBytes = 0;
  #sentBytesAtTick = 0;
  /** Of a group of pictures that is being replayed; 0 otherwise. */
  #replayBps = 0;
  /** Of what the line was measured to carry. */
  #replayFactor = 1;
  /** The probe under way: whatever leaves meanwhile is part of it. */
  #probe: Probe | undefined;
  #probeId = 0;
  #probeBytesLeft = 0;
  #probePacketsLeft = 0;

  constructor(sink: PacketSink, estimator: BandwidthEstimator) {
    this.#sink = sink;
    this.estimator = estimator;
  }

  /** RTCP, which is neither numbered nor held back. */
  sendControl(packet: Buffer): void {
    this.#sink.send(packet);
  }

  /**
   * Sends RTP; the packet carries `transportSequence` where `isNumbered`. Hot path.
   * @returns whether it was sent
   */
  send(packet: Buffer, isNumbered: boolean, nowUs: number): boolean {
    if (!this.#sink.send(packet)) return false;
    this.#sentBytes += packet.length;
    this.#probeBytesLeft -= packet.length;
    this.#probePacketsLeft -= 1;
    if (!isNumbered) return true;
    this.estimator.onPacketSent(this.transportSequence, packet.length, nowUs, this.#probeId);
    this.transportSequence = (this.transportSequence + 1) & 0xffff;
    return true;
  }

  /** Sends a packet for the second time, unless repair already takes its share of the line: more would fill it further. */
  sendRepair(packet: Buffer, isNumbered: boolean, nowUs: number): boolean {
    if (this.#repairRate.bitsPerSecond(nowUs) > maxRepairShare * this.estimator.targetBps) return false;
    this.#repairRate.add(packet.length, nowUs);
    this.budget.spend(packet.length);
    return this.send(packet, isNumbered, nowUs);
  }

  /** From now on, and until nothing is held back, packets leave fast enough to bring the viewer back to live. */
  beginReplay(bytes: number, nowUs: number): void {
    // What is replayed is the probe.
    this.#beginProbe(nowUs);
    this.#replayBps = Math.max(minReplayBps, Math.min(maxReplayBps, (bytes * 8e6) / replayUs));
  }

  /** Sets the pace for the next ticks. */
  tick(isBehind: boolean, nowUs: number): void {
    this.#sentBytesAtTick = this.#sentBytes;
    this.estimator.tick(nowUs);
    if (!isBehind) this.#replayBps = 0;
    this.budget.rateBps = this.#pace();
    this.budget.fill(nowUs);
  }

  /** Nothing has left since the last tick, and no probe is due. */
  get isAtRest(): boolean {
    return this.#sentBytes === this.#sentBytesAtTick && this.#probe === undefined;
  }

  /** It is known what it carries, and so much waits in it already that more would only come later. */
  get isFull(): boolean {
    return this.estimator.isMeasured && this.estimator.queueUs > fullQueueUs;
  }

  #pace(): number {
    const { targetBps, isMeasured } = this.estimator;
    if (!isMeasured) return this.#sentBytes < startBytes ? startBurstBps : targetBps;
    if (this.isFull) {
      this.#replayFactor = 1;
      return fullLineFactor * targetBps;
    }
    return this.#replayBps > 0 ? this.#replayPace() : pacingFactor * targetBps;
  }

  /** Ever faster while nothing waits in the line: one burst may measure it low. */
  #replayPace(): number {
    const { catchUpBps, catchUpGrows } = this.estimator;
    const paceBps = this.#replayFactor * catchUpBps;
    if (paceBps < this.#replayBps && catchUpGrows) this.#replayFactor *= replayGrowth;
    return Math.min(this.#replayBps, paceBps);
  }

  /** Bytes of padding that are due as part of a probe; 0 mostly. */
  probeDue(nowUs: number): number {
    this.#beginProbe(nowUs);
    return this.#probe === undefined ? 0 : (this.#probe.bitrateBps * probeStepUs) / 8e6;
  }

  /** The probe under way has not been sent in full. */
  get isProbing(): boolean {
    return this.#probeBytesLeft > 0 || this.#probePacketsLeft > 0;
  }

  endProbe(): void {
    this.#probe = undefined;
    this.#probeId = 0;
  }

  #beginProbe(nowUs: number): void {
    const probe = this.estimator.nextProbe(nowUs);
    if (probe === undefined) return;
    this.#probe = probe;
    this.#probeId = probe.id;
    this.#probeBytesLeft = probe.bytes;
    this.#probePacketsLeft = probe.packets;
  }
}
