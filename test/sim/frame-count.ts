interface Part {
  readonly timestamp: number;
  readonly isLast: boolean;
}

/** Packets that come later than this many others are not waited for. */
const windowPackets = 4096;

/**
 * Counts the frames of one stream that came whole, repaired or not. Where packets between two frames are missing for
 * good, neither counts: they may be of both.
 */
export class FrameCount {
  readonly #parts = new Map<number, Part>();
  #highest = -1;
  /** Everything before is counted and forgotten. */
  #from = -1;
  #settledFrames = 0;
  /** No packet of the frame that `#from` is in, or begins, is missing so far. */
  #isWhole = true;

  onPacket(extendedSequence: number, timestamp: number, marker: boolean): void {
    if (this.#from < 0 || (extendedSequence < this.#from && this.#settledFrames === 0)) this.#from = extendedSequence;
    if (extendedSequence < this.#from) return;
    this.#parts.set(extendedSequence, { timestamp, isLast: marker });
    this.#highest = Math.max(this.#highest, extendedSequence);
    for (; this.#from < this.#highest - windowPackets; this.#from += 1) {
      if (this.#step(this.#from)) this.#settledFrames += 1;
      this.#parts.delete(this.#from);
    }
  }

  /** Frames of which every packet came, from the first packet up to the newest. */
  get whole(): number {
    const isWhole = this.#isWhole;
    let whole = this.#settledFrames;
    for (let sequence = this.#from; sequence <= this.#highest; sequence += 1) if (this.#step(sequence)) whole += 1;
    this.#isWhole = isWhole;
    return whole;
  }

  /** Whether a whole frame ends with this packet. */
  #step(sequence: number): boolean {
    const part = this.#parts.get(sequence);
    const next = this.#parts.get(sequence + 1);
    const endsWhole = part?.isLast === true && this.#isWhole;
    if (part === undefined) this.#isWhole = false;
    else if (part.isLast || (next !== undefined && next.timestamp !== part.timestamp)) this.#isWhole = true;
    return endsWhole;
  }
}
