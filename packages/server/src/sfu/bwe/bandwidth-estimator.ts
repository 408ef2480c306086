import type { TransportFeedback } from '../../rtp/rtcp/transport-feedback.ts';

/** A burst that tells whether the line carries more than the estimate. */
export interface Probe {
  /** 1 to 65535, to mark its packets with. */
  readonly id: number;
  readonly bitrateBps: number;
  /** How much to send at the least, in bytes and in packets: the rate is measured between packets. */
  readonly bytes: number;
  readonly packets: number;
}

/** How much one viewer's line carries. Sans-IO; every time is in microseconds and never steps back. */
export interface BandwidthEstimator {
  /**
   * Bits a second to send to the viewer: all of its tracks, repair and padding, as RTP packets without the overhead of
   * SRTP, UDP and IP.
   */
  readonly targetBps: number;
  /** How long what came last had waited before the line's narrowest place; 0 where it is not known. */
  readonly queueUs: number;
  /** False while the estimate is only a cautious guess; the first probe ends that, or time does. */
  readonly isMeasured: boolean;
  /** Probes alone tell it what the line carries; false where the stream itself has to be sent for that. */
  readonly isProbed: boolean;
  /** How fast what a viewer has missed (a group of pictures) may leave at first. */
  readonly catchUpBps: number;
  /** It may leave ever faster from there on: a queue before the line would show, or nothing at all is known yet. */
  readonly catchUpGrows: boolean;

  /**
   * Hot path: once for each packet sent to the viewer.
   * @param transportSequence 16 bits, one up from packet to packet
   * @param sizeBytes of the RTP packet, header and padding included
   * @param probeId of the probe it is part of; 0 for none
   */
  onPacketSent(transportSequence: number, sizeBytes: number, nowUs: number, probeId: number): void;

  onTransportFeedback(feedback: TransportFeedback, nowUs: number): void;

  /**
   * @param fractionLost 0 to 1, since the report before
   * @param roundTripUs NaN where it is unknown
   */
  onReceiverReport(fractionLost: number, roundTripUs: number, nowUs: number): void;

  /** The receiver's own estimate: the fall-back where there is no transport-wide feedback. */
  onRemb(bitrateBps: number, nowUs: number): void;

  /** What would be sent at the best (all wanted layers): probes go up to it and little beyond. Infinity until set. */
  setDemand(bitrateBps: number): void;

  /** Some 20 to 200 times a second. */
  tick(nowUs: number): void;

  /** The probe that is due, once; undefined for none. Asked after each tick, and before the first packets of a replay. */
  nextProbe(nowUs: number): Probe | undefined;

  dump(): object;
}

/** Takes the line to carry a fixed rate, whatever comes back. */
export class NullBandwidthEstimator implements BandwidthEstimator {
  readonly targetBps: number;
  readonly queueUs = 0;
  readonly isMeasured = true;
  readonly isProbed = true;
  readonly catchUpBps: number;
  readonly catchUpGrows = true;

  constructor(bitrateBps: number) {
    this.targetBps = bitrateBps;
    this.catchUpBps = bitrateBps;
  }

  onPacketSent(): void {}

  onTransportFeedback(): void {}

  onReceiverReport(): void {}

  onRemb(): void {}

  setDemand(): void {}

  tick(): void {}

  nextProbe(): undefined {
    return undefined;
  }

  dump(): object {
    return { kind: 'null', targetBps: this.targetBps };
  }
}
