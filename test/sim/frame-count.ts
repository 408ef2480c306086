interface Part {
  readonly timestamp: number;
  readonly isLast: boolean;
}

/**
 * Counts the frames of one stream that came whole, repaired or not. Where packets between two frames are missing for
 * good, neither counts: they may be of both.
 */
export class FrameCount {
  readonly #parts = new Map<number, Part>();
  #highest = -1;
  #first = Number.POSITIVE_INFINITY;

  onPacket(extendedSequence: number, timestamp: number, marker: boolean): void {
    this.#parts.set(extendedSequence, { timestamp, isLast: marker });
    this.#highest = Math.max(this.#highest, extendedSequence);
    this.#first = Math.min(this.#first, extendedSequence);
  }

  /** Frames of which every packet came, from the first packet up to the newest. */
  get whole(): number {
    let whole = 0;
    let isWhole = true;
    for (let sequence = this.#first; sequence <= this.#highest; sequence += 1) {
      const part = this.#parts.get(sequence);
      const next = this.#parts.get(sequence + 1);
      if (part === undefined) isWhole = false;
      if (part?.isLast) {
        if (isWhole) whole += 1;
        isWhole = true;
      } else if (part !== undefined && next !== undefined && next.timestamp !== part.timestamp) {
        isWhole = true;
      }
    }
    return whole;
  }
}
