import type { Probe } from './bandwidth-estimator.ts';
import type { PacketResult } from './packet-results.ts';
import { minProbePackets } from './prober.ts';

/** Of the probe's bytes that must have come for a result; the same for its packets. */
const minReceivedShare = 0.8;
/** Faster in than out by more: packets queued and were let go at once, which says nothing of the rate. */
const maxSpeedUp = 2;
/** Slower in than out: the link was full, and the rate of arrival is its capacity, of which a little is left free. */
const saturatedShare = 0.9;
export const capacityShare = 0.95;
/** Both intervals end with a packet each, so a very short one measures the clock. */
const minIntervalUs = 1_000;

/** Measures the rate at which the packets of one probe left and came. */
export class ProbeResult {
  /** The probe that is measured; 0 for none. */
  id = 0;
  /** Of the last result: it came more slowly than it was sent, so the line was full. */
  filledLine = false;
  #bitrateBps = 0;
  #minBytes = 0;
  #bytes = 0;
  #packets = 0;
  #firstSentUs = 0;
  #lastSentUs = 0;
  #lastSentBytes = 0;
  #firstArrivalUs = 0;
  #firstArrivalBytes = 0;
  #lastArrivalUs = 0;

  begin(probe: Probe): void {
    this.id = probe.id;
    this.#bitrateBps = probe.bitrateBps;
    this.#minBytes = probe.bytes * minReceivedShare;
    this.#bytes = 0;
    this.#packets = 0;
  }

  /**
   * Takes the packets of the probe in the order of arrival; others are passed over.
   * @returns bits a second that the line carries at least, or NaN while too little has come
   */
  onPacket(packet: PacketResult): number {
    if (packet.probeId !== this.id) return Number.NaN;
    if (this.#packets === 0) this.#begin(packet);
    if (packet.sentUs < this.#firstSentUs) this.#firstSentUs = packet.sentUs;
    if (packet.sentUs >= this.#lastSentUs) {
      this.#lastSentUs = packet.sentUs;
      this.#lastSentBytes = packet.sizeBytes;
    }
    this.#lastArrivalUs = packet.arrivalUs;
    this.#bytes += packet.sizeBytes;
    this.#packets += 1;
    const isEnough = this.#bytes >= this.#minBytes && this.#packets >= minProbePackets * minReceivedShare;
    return isEnough ? this.#measure() : Number.NaN;
  }

  #begin(packet: PacketResult): void {
    this.#firstSentUs = packet.sentUs;
    this.#lastSentUs = packet.sentUs;
    this.#firstArrivalUs = packet.arrivalUs;
    this.#firstArrivalBytes = packet.sizeBytes;
  }

  #measure(): number {
    const sendUs = this.#lastSentUs - this.#firstSentUs;
    const receiveUs = this.#lastArrivalUs - this.#firstArrivalUs;
    if (sendUs < minIntervalUs) return this.#measureBurst(receiveUs);
    if (receiveUs < minIntervalUs) return Number.NaN;
    // An interval begins behind its first packet, or ends before its last one: that one does not count.
    const sendBps = ((this.#bytes - this.#lastSentBytes) * 8 * 1e6) / sendUs;
    const receiveBps = ((this.#bytes - this.#firstArrivalBytes) * 8 * 1e6) / receiveUs;
    if (receiveBps > maxSpeedUp * sendBps) return Number.NaN;
    this.filledLine = receiveBps < saturatedShare * Math.min(sendBps, this.#bitrateBps);
    const measuredBps = this.filledLine ? capacityShare * receiveBps : Math.min(sendBps, receiveBps);
    // More than it was meant to try it does not show: the parts it was sent in were bursts.
    return Math.min(measuredBps, this.#bitrateBps);
  }

  /** All of it left at once: the narrowest place of the way has spread it to its own rate. */
  #measureBurst(receiveUs: number): number {
    const receiveBps = ((this.#bytes - this.#firstArrivalBytes) * 8e6) / Math.max(1, receiveUs);
    this.filledLine = receiveBps < this.#bitrateBps;
    return this.filledLine ? capacityShare * receiveBps : this.#bitrateBps;
  }
}
