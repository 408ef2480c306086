/** A packet that is late by less is taken as reordered, not lost. */
const reorderToleranceUs = 10_000;
const maxTries = 8;
/** Later than this a repaired packet no longer helps a live picture. */
const maxAgeUs = 1_000_000;
/** A gap beyond this is a break in the stream (a new start, a long outage), not loss that retransmission mends. */
const maxGap = 500;
const initialRttUs = 80_000;
const minRetryUs = 20_000;

interface Missing {
  readonly sequence: number;
  readonly noticedUs: number;
  sentUs: number;
  tries: number;
}

/**
 * Finds the gaps in one source's sequence numbers and says when to ask for them (RFC 4585, section 6.2.1).
 * The round-trip time is learnt from the answers to first requests.
 */
export class NackGenerator {
  readonly #missing = new Map<number, Missing>();
  #highest = -1;
  #rttUs = initialRttUs;
  /** Packets that were still missing after the tolerance for reordering, each counted once. */
  missed = 0;
  /** Packets asked for, found again, and given up since the start. */
  requested = 0;
  recovered = 0;
  abandoned = 0;

  get missingCount(): number {
    return this.#missing.size;
  }

  /** Returns false where the gap is too wide to repair: the decoder needs a keyframe. */
  onPacket(extendedSequence: number, nowUs: number): boolean {
    if (extendedSequence <= this.#highest) {
      this.#onLate(extendedSequence, nowUs);
      return true;
    }
    const first = this.#highest + 1;
    const isStart = this.#highest < 0;
    this.#highest = extendedSequence;
    if (isStart || first === extendedSequence) return true;
    if (extendedSequence - first > maxGap) {
      this.abandoned += this.#missing.size;
      this.#missing.clear();
      return false;
    }
    for (let sequence = first; sequence < extendedSequence; sequence += 1) {
      this.#missing.set(sequence, { sequence, noticedUs: nowUs, sentUs: 0, tries: 0 });
    }
    return true;
  }

  #onLate(extendedSequence: number, nowUs: number): void {
    const missing = this.#missing.get(extendedSequence);
    if (missing === undefined) return;
    this.#missing.delete(extendedSequence);
    if (missing.tries === 0) return;
    this.recovered += 1;
    if (missing.tries === 1) this.#rttUs += (nowUs - missing.sentUs - this.#rttUs) / 8;
  }

  /**
   * Appends to `out` the extended sequence numbers to ask for now, in rising order.
   * Returns false where a packet was given up: the decoder needs a keyframe.
   */
  collect(nowUs: number, out: number[]): boolean {
    if (this.#missing.size === 0) return true;
    let whole = true;
    for (const missing of this.#missing.values()) {
      if (missing.tries >= maxTries || nowUs - missing.noticedUs > maxAgeUs) {
        this.#missing.delete(missing.sequence);
        this.abandoned += 1;
        whole = false;
      } else if (this.#isDue(missing, nowUs)) {
        if (missing.tries === 0) this.missed += 1;
        missing.tries += 1;
        missing.sentUs = nowUs;
        this.requested += 1;
        out.push(missing.sequence);
      }
    }
    return whole;
  }

  #isDue(missing: Missing, nowUs: number): boolean {
    if (missing.tries === 0) return nowUs - missing.noticedUs >= reorderToleranceUs;
    return nowUs - missing.sentUs >= Math.max(minRetryUs, this.#rttUs * 1.5);
  }
}
