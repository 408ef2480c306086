import { RtcpCursor, rtcpType, transportFeedbackFormat } from '../../packages/server/src/rtp/rtcp/cursor.ts';
import { parseNack } from '../../packages/server/src/rtp/rtcp/nack.ts';
import { parseReceiverReport } from '../../packages/server/src/rtp/rtcp/report.ts';
import { parseTransportFeedback } from '../../packages/server/src/rtp/rtcp/transport-feedback.ts';
import type { BandwidthEstimator, Probe } from '../../packages/server/src/sfu/bwe/bandwidth-estimator.ts';
import { RateMeter } from '../../packages/server/src/sfu/rate-meter.ts';
import { MediaEncoder, transportSequenceOffset } from './media-encoder.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What the encoder makes of an estimate. */
export type RateChoice = (targetBps: number) => number;

/** Frames leave faster than they come, in bursts of a bounded rate. */
const pacingFactor = 1.5;
/** Of the estimate: more repair would only add to what fills the line. */
const maxRepairShare = 0.5;
const maxQueuedSeconds = 0.15;
const minEncoderBps = 30_000;
const keptPackets = 4096;

export interface PacedSenderOptions {
  readonly chooseRate: RateChoice;
  readonly tickMs: number;
  readonly random: Random;
}

/** Sends paced video at what an estimator says, with RTX for NACKs and for probes. */
export class PacedSender {
  readonly estimator: BandwidthEstimator;
  readonly encoder: MediaEncoder;
  readonly #time: VirtualTime;
  readonly #options: PacedSenderOptions;
  readonly #send: (packet: Buffer) => void;
  readonly #queue: Buffer[] = [];
  readonly #kept: (Buffer | undefined)[] = new Array(keptPackets);
  readonly #cursor = new RtcpCursor();
  #newest: Buffer | undefined;
  #probe: Probe | undefined;
  #probeBytesLeft = 0;
  #probePacketsLeft = 0;
  #budgetBits = 0;
  #transportSequence = 0;
  #queuedBytes = 0;
  readonly #repairRate = new RateMeter();

  constructor(
    time: VirtualTime,
    estimator: BandwidthEstimator,
    options: PacedSenderOptions,
    send: (packet: Buffer) => void,
  ) {
    this.#time = time;
    this.estimator = estimator;
    this.#options = options;
    this.#send = send;
    this.encoder = new MediaEncoder(options.random);
  }

  start(): void {
    this.#time.every(this.encoder.frameIntervalUs, () => {
      const nowUs = this.#time.nowUs;
      const freeBps = this.estimator.targetBps - this.#repairRate.bitsPerSecond(nowUs);
      // An encoder leaves frames out where those before have not left yet.
      if (this.#queuedBytes * 8 > maxQueuedSeconds * this.estimator.targetBps) return;
      const bitrateBps = Math.max(minEncoderBps, this.#options.chooseRate(freeBps));
      for (const packet of this.encoder.encode(bitrateBps)) this.#enqueue(packet);
    });
    this.#time.every(this.#options.tickMs * 1000, () => this.#tick());
  }

  #enqueue(packet: Buffer): void {
    this.#queue.push(packet);
    this.#queuedBytes += packet.length;
    this.#kept[packet.readUInt16BE(2) % keptPackets] = packet;
    this.#newest = packet;
  }

  #tick(): void {
    const nowUs = this.#time.nowUs;
    this.estimator.tick(nowUs);
    if (this.#probe === undefined) this.#beginProbe(nowUs);
    const pacedBps = pacingFactor * this.estimator.targetBps;
    const bitrateBps = this.#probe === undefined ? pacedBps : this.#probe.bitrateBps;
    // What was not used in a tick is gone: it would come out as a burst later.
    this.#budgetBits = Math.min(0, this.#budgetBits) + (bitrateBps * this.#options.tickMs) / 1000;
    while (this.#budgetBits > 0 && this.#sendNext()) {}
  }

  #beginProbe(nowUs: number): void {
    this.#probe = this.#newest === undefined ? undefined : this.estimator.nextProbe(nowUs);
    this.#probeBytesLeft = this.#probe?.bytes ?? 0;
    this.#probePacketsLeft = this.#probe?.packets ?? 0;
  }

  /** Media first; a probe is filled up with what was sent before. */
  #sendNext(): boolean {
    const queued = this.#queue.shift();
    this.#queuedBytes -= queued?.length ?? 0;
    const filler = this.#probe && this.#newest ? this.encoder.retransmission(this.#newest) : undefined;
    const packet = queued ?? filler;
    if (packet === undefined) return false;
    packet.writeUInt16BE(this.#transportSequence, transportSequenceOffset);
    this.estimator.onPacketSent(this.#transportSequence, packet.length, this.#time.nowUs, this.#probe?.id ?? 0);
    this.#transportSequence = (this.#transportSequence + 1) & 0xffff;
    this.#budgetBits -= packet.length * 8;
    this.#probeBytesLeft -= packet.length;
    this.#probePacketsLeft -= 1;
    if (this.#probeBytesLeft <= 0 && this.#probePacketsLeft <= 0) this.#probe = undefined;
    this.#send(packet);
    return true;
  }

  /** Takes in RTCP. */
  receive(packet: Buffer, nowUs: number): void {
    const cursor = this.#cursor;
    cursor.open(packet);
    while (cursor.next()) {
      if (cursor.packetType === rtcpType.receiverReport) this.#onReport(nowUs);
      if (cursor.packetType !== rtcpType.transportFeedback) continue;
      if (cursor.format === transportFeedbackFormat.nack) this.#onNack(nowUs);
      if (cursor.format === transportFeedbackFormat.transportCc) this.#onFeedback(nowUs);
    }
  }

  #onReport(nowUs: number): void {
    const block = parseReceiverReport(this.#cursor)?.blocks[0];
    if (block) this.estimator.onReceiverReport(block.fractionLost / 256, Number.NaN, nowUs);
  }

  #onNack(nowUs: number): void {
    for (const sequence of parseNack(this.#cursor)?.sequenceNumbers ?? []) {
      const packet = this.#kept[sequence % keptPackets];
      if (packet?.readUInt16BE(2) !== sequence) continue;
      if (this.#repairRate.bitsPerSecond(nowUs) > maxRepairShare * this.estimator.targetBps) return;
      const repair = this.encoder.retransmission(packet);
      this.#repairRate.add(repair.length, nowUs);
      this.#queuedBytes += repair.length;
      this.#queue.push(repair);
    }
  }

  #onFeedback(nowUs: number): void {
    const feedback = parseTransportFeedback(this.#cursor);
    if (feedback) this.estimator.onTransportFeedback(feedback, nowUs);
  }
}
