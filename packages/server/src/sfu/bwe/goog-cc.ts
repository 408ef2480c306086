import type { TransportFeedback } from '../../rtp/rtcp/transport-feedback.ts';
import { AcknowledgedBitrate } from './acknowledged-bitrate.ts';
import { Aimd } from './aimd.ts';
import { ApplicationLimit } from './application-limit.ts';
import type { BandwidthEstimator, Probe } from './bandwidth-estimator.ts';
import { BusyLine } from './busy-line.ts';
import { InterArrival } from './inter-arrival.ts';
import { LossControl } from './loss-control.ts';
import { type LinkUsage, OveruseDetector } from './overuse-detector.ts';
import { type PacketResult, PacketResults } from './packet-results.ts';
import { capacityShare, ProbeResult } from './probe-result.ts';
import { demandHeadroom, Prober } from './prober.ts';
import { SentPackets } from './sent-packets.ts';
import { StandingQueue } from './standing-queue.ts';
import { Trendline } from './trendline.ts';

export interface GoogCcOptions {
  /** Default 300 000, as libwebrtc. */
  readonly startBps?: number;
  readonly minBps?: number;
  readonly maxBps?: number;
  /** The first probe. Default: some times the start rate. */
  readonly startProbe?: Omit<Probe, 'id'>;
}

const defaults = { startBps: 300_000, minBps: 30_000, maxBps: 50_000_000 } as const;
/** So long after overuse no periodic probe goes out. */
const calmUs = 1_500_000;
/** On top of a queue of more the rate does not grow, and no periodic probe goes out. */
const emptyQueueUs = 20_000;
/** A burst that has passed the line like this has left no queue to drain, though the slope shows it for a while yet. */
const drainedUs = 15_000;
/** Of what a full line was measured to carry, the least: so that its queue drains. Less is left free for a short one. */
const minBusyShare = 0.85;
/** A probe overfills a full line on purpose: so long after it (and a round trip) that is no overuse. */
const probeEchoUs = 200_000;
/** Without feedback, though packets were sent, the line is taken as broken: half the rate, again each so much time. */
const silenceUs = 1_500_000;
/** So long the estimate is taken for a guess where no probe comes back. */
const maxGuessUs = 1_500_000;
/** Weight of a new sample of the round trip. */
const roundTripWeight = 0.25;

/** Feedback is worked off at once, so all viewers share one place to do it in. */
const results = new PacketResults();

/**
 * Google congestion control (draft-ietf-rmcat-gcc-02, and as libwebrtc went on from it): the slope of the delay tells of
 * a full link before packets are lost; loss limits where buffers are short; probes find what is free.
 */
export class GoogCcEstimator implements BandwidthEstimator {
  readonly isProbed = true;
  readonly catchUpGrows = true;
  readonly #sent = new SentPackets();
  readonly #interArrival = new InterArrival();
  readonly #trendline = new Trendline();
  readonly #detector = new OveruseDetector();
  readonly #standingQueue = new StandingQueue();
  readonly #busyLine = new BusyLine();
  readonly #acknowledged = new AcknowledgedBitrate();
  readonly #applicationLimit = new ApplicationLimit();
  readonly #loss = new LossControl();
  readonly #probeResult = new ProbeResult();
  readonly #aimd: Aimd;
  readonly #prober: Prober;
  readonly #minBps: number;
  #demandBps = Number.POSITIVE_INFINITY;
  #rembBps = Number.POSITIVE_INFINITY;
  #roundTripUs = Number.NaN;
  #overusedUs = Number.NEGATIVE_INFINITY;
  #probedUs = Number.NEGATIVE_INFINITY;
  #queueStands = false;
  #isMeasured = false;
  /** When the first packet left; NaN before. */
  #startedUs = Number.NaN;
  /** What the line was measured to carry while its queue grew, in this feedback; NaN for nothing. */
  #busyBps = Number.NaN;
  /** Since when packets are out and no feedback came; NaN where none is awaited. */
  #awaitingSinceUs = Number.NaN;

  constructor(options: GoogCcOptions = {}) {
    const { startBps, minBps, maxBps, startProbe } = { ...defaults, ...options };
    this.#minBps = minBps;
    this.#aimd = new Aimd(startBps, minBps, maxBps);
    this.#prober = new Prober(startBps, startProbe);
  }

  get targetBps(): number {
    return Math.max(this.#minBps, Math.min(this.#aimd.bitrateBps, this.#loss.limitBps, this.#rembBps));
  }

  get isMeasured(): boolean {
    return this.#isMeasured;
  }

  get catchUpBps(): number {
    return this.targetBps;
  }

  get queueUs(): number {
    return this.#standingQueue.latestUs;
  }

  onPacketSent(transportSequence: number, sizeBytes: number, nowUs: number, probeId: number): void {
    this.#sent.record(transportSequence, sizeBytes, nowUs, probeId);
    this.#applicationLimit.onPacketSent(sizeBytes);
    if (Number.isNaN(this.#startedUs)) this.#startedUs = nowUs;
    if (Number.isNaN(this.#awaitingSinceUs)) this.#awaitingSinceUs = nowUs;
  }

  onTransportFeedback(feedback: TransportFeedback, nowUs: number): void {
    this.#awaitingSinceUs = Number.NaN;
    this.#sent.resolve(feedback, results);
    if (results.newestSentUs >= 0) this.#onRoundTrip(nowUs - results.newestSentUs);
    let probedBps = Number.NaN;
    this.#queueStands = false;
    this.#busyBps = Number.NaN;
    for (let index = 0; index < results.count; index += 1) {
      const packet = results.at(index);
      if (packet === undefined) break;
      const measuredBps = this.#onPacketArrived(packet);
      if (!Number.isNaN(measuredBps)) probedBps = measuredBps;
    }
    this.#updateByDelay(probedBps, nowUs);
    const acknowledgedBps = this.#acknowledged.estimateBps;
    this.#loss.onPackets(results.count, results.lost, this.targetBps, acknowledgedBps, this.#aimd.roundTripUs, nowUs);
    this.#prober.onRates(this.targetBps, acknowledgedBps, nowUs);
  }

  /** Returns what a probe measured with this packet, mostly NaN. */
  #onPacketArrived(packet: PacketResult): number {
    const { sentUs, arrivalUs, sizeBytes } = packet;
    this.#acknowledged.onPacket(arrivalUs, sizeBytes, this.#applicationLimit.isLimited);
    if (this.#interArrival.onPacket(sentUs, arrivalUs)) {
      const { sendDeltaUs, arrivalDeltaUs } = this.#interArrival;
      this.#trendline.update(sendDeltaUs, arrivalDeltaUs, arrivalUs);
      this.#detector.update(this.#trendline.slope, this.#trendline.count, sendDeltaUs, arrivalUs);
    }
    if (this.#standingQueue.onPacket(sentUs, arrivalUs, this.#aimd.roundTripUs)) this.#queueStands = true;
    const busyBps = this.#busyLine.onPacket(this.#standingQueue.latestUs, arrivalUs, sizeBytes);
    if (!Number.isNaN(busyBps)) this.#busyBps = busyBps;
    return packet.probeId === 0 ? Number.NaN : this.#probeResult.onPacket(packet);
  }

  #updateByDelay(probedBps: number, nowUs: number): void {
    const usage = this.#usage(nowUs);
    const acknowledgedBps = this.#acknowledged.estimateBps;
    if (usage === 'overusing') this.#acknowledged.expectChange();
    if (usage === 'overusing' || this.#queueStands) this.#overusedUs = nowUs;
    if (!Number.isNaN(probedBps)) this.#onProbed(probedBps, nowUs);
    this.#aimd.sendsLittle = this.#applicationLimit.isLimited;
    if (this.#busyBps < this.#aimd.bitrateBps) this.#onBusy(this.#busyBps, nowUs);
    else if (this.#queueStands) this.#aimd.drain(this.#standingQueue.queueUs, acknowledgedBps, nowUs);
    else this.#aimd.update(usage, acknowledgedBps, this.#isUntried, nowUs);
  }

  /**
   * What the detector says, but for our own probes and bursts that are past; and a queue, however small, is to drain
   * before the rate grows.
   */
  #usage(nowUs: number): LinkUsage {
    const { usage } = this.#detector;
    const isEcho = nowUs - this.#probedUs < probeEchoUs + this.#aimd.roundTripUs;
    const isPast = isEcho || this.#standingQueue.latestUs < drainedUs;
    if (usage === 'overusing') return isPast ? 'underusing' : usage;
    return this.#standingQueue.queueUs > emptyQueueUs ? 'underusing' : usage;
  }

  /** More was sent than the line carries, and this is what it does carry. */
  #onBusy(busyBps: number, nowUs: number): void {
    this.#overusedUs = nowUs;
    this.#isMeasured = true;
    this.#acknowledged.expectChange();
    const share = Math.max(minBusyShare, 1 - this.#standingQueue.latestUs / 1e6);
    this.#aimd.decreaseTo(share * busyBps, nowUs);
  }

  /** Less is sent than the estimate, or all that is wanted fits: going on to grow would mean nothing. */
  get #isUntried(): boolean {
    return this.#applicationLimit.isLimited || this.#aimd.bitrateBps >= demandHeadroom * this.#demandBps;
  }

  #onProbed(probedBps: number, nowUs: number): void {
    this.#prober.onResult(probedBps, nowUs);
    this.#loss.onProbe(probedBps);
    // On a full line that others share, a burst takes more than its part: halfway is nearer to it.
    const tookMore = this.#isMeasured && this.#probeResult.filledLine && !this.#isUntried;
    this.#isMeasured = true;
    const { bitrateBps, capacity } = this.#aimd;
    if (this.#probeResult.filledLine) capacity.onProbe(probedBps / capacityShare);
    if (probedBps > bitrateBps) {
      this.#aimd.setEstimate(tookMore ? (bitrateBps + probedBps) / 2 : probedBps, nowUs);
      this.#acknowledged.expectChange();
    } else {
      // The line is full, or less than was thought: down to what gets through for sure.
      const acknowledgedBps = this.#acknowledged.estimateBps || 0;
      this.#aimd.setEstimate(Math.min(bitrateBps, Math.max(probedBps, acknowledgedBps)), nowUs);
    }
  }

  /** The viewer's reports add the round trip; what was lost, feedback tells packet by packet. */
  onReceiverReport(_fractionLost: number, roundTripUs: number, _nowUs: number): void {
    if (!Number.isNaN(roundTripUs)) this.#onRoundTrip(roundTripUs);
  }

  #onRoundTrip(sampleUs: number): void {
    const isFirst = Number.isNaN(this.#roundTripUs);
    this.#roundTripUs = isFirst ? sampleUs : this.#roundTripUs + roundTripWeight * (sampleUs - this.#roundTripUs);
    this.#aimd.roundTripUs = this.#roundTripUs;
  }

  /** A cap only: a receiver that sends both means its own limit. */
  onRemb(bitrateBps: number): void {
    this.#rembBps = bitrateBps;
  }

  setDemand(bitrateBps: number): void {
    this.#demandBps = bitrateBps;
  }

  tick(nowUs: number): void {
    if (nowUs - this.#startedUs > maxGuessUs) this.#isMeasured = true;
    if (this.#applicationLimit.update(this.targetBps, nowUs)) this.#acknowledged.expectChange();
    if (nowUs - this.#awaitingSinceUs > silenceUs) {
      this.#awaitingSinceUs = nowUs;
      this.#aimd.setEstimate(this.#aimd.bitrateBps / 2, nowUs);
      this.#prober.onRates(this.targetBps, this.#acknowledged.estimateBps, nowUs);
    }
  }

  nextProbe(nowUs: number): Probe | undefined {
    const isEmpty = this.#standingQueue.queueUs < emptyQueueUs;
    const isCalm = isEmpty && nowUs - this.#overusedUs > calmUs && !Number.isNaN(this.#roundTripUs);
    const probe = this.#prober.next(this.targetBps, this.#demandBps, isCalm, nowUs);
    if (probe === undefined) return undefined;
    this.#probeResult.begin(probe);
    this.#probedUs = nowUs;
    return probe;
  }

  dump(): object {
    return {
      kind: 'goog-cc',
      targetBps: this.targetBps,
      delayBasedBps: this.#aimd.bitrateBps,
      lossLimitBps: this.#loss.limitBps,
      rembBps: this.#rembBps,
      demandBps: this.#demandBps,
      acknowledgedBps: this.#acknowledged.estimateBps,
      capacityBps: this.#aimd.capacity.estimateBps,
      queueUs: this.#standingQueue.queueUs,
      usage: this.#detector.usage,
      threshold: this.#detector.threshold,
      fractionLost: this.#loss.fractionLost,
      inherentLoss: this.#loss.inherentLoss,
      isApplicationLimited: this.#applicationLimit.isLimited,
      roundTripUs: this.#roundTripUs,
    };
  }
}
