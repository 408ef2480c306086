/** `a - b` of two 16-bit sequence numbers on their circle: -32768 to 32767, positive where `a` is newer. */
export function seqDiff(a: number, b: number): number {
  return ((a - b) << 16) >> 16;
}

/** `a - b` of two 32-bit RTP timestamps on their circle, in ticks: positive where `a` is newer. */
export function timestampDiff(a: number, b: number): number {
  return (a - b) | 0;
}

/**
 * Turns 16-bit sequence numbers into numbers that never wrap (exact up to 2^53). The first one comes out as
 * 65536 + itself, so that packets reordered around the start stay positive.
 */
export class SequenceUnwrapper {
  #highest = -1;

  /** Takes the numbers in the order of arrival; each is placed within half a circle of the highest one so far. */
  unwrap(sequenceNumber: number): number {
    if (this.#highest < 0) {
      this.#highest = 0x10000 + sequenceNumber;
      return this.#highest;
    }
    const extended = this.#highest + seqDiff(sequenceNumber, this.#highest & 0xffff);
    if (extended > this.#highest) this.#highest = extended;
    return extended;
  }

  /** Forgets the stream: the next number starts anew, as after a change of SSRC. */
  reset(): void {
    this.#highest = -1;
  }
}
