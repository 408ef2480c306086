/** What a browser without a round trip of its own takes it to be: one that sends no media learns of none. */
const roundTripUs = 100_000;
const maxTries = 10;
/** More missing packets than this are a new start, and not asked for. */
const maxMissing = 1000;

interface Missing {
  askedUs: number;
  tries: number;
}

/** Asks for missing packets as Chromium does: at once, again each round trip, up to ten times. */
export class NackRequester {
  readonly #missing = new Map<number, Missing>();
  #highest = -1;

  onPacket(extendedSequence: number): void {
    this.#missing.delete(extendedSequence);
    const first = this.#highest + 1;
    if (extendedSequence < first) return;
    this.#highest = extendedSequence;
    if (first === 0) return;
    if (this.#missing.size + extendedSequence - first > maxMissing) {
      this.#missing.clear();
      return;
    }
    for (let sequence = first; sequence < extendedSequence; sequence += 1) {
      this.#missing.set(sequence, { askedUs: Number.NEGATIVE_INFINITY, tries: 0 });
    }
  }

  /** The extended sequence numbers to ask for now. */
  collect(nowUs: number): number[] {
    const due: number[] = [];
    for (const [sequence, missing] of this.#missing) {
      if (nowUs - missing.askedUs < roundTripUs) continue;
      if (missing.tries === maxTries) {
        this.#missing.delete(sequence);
        continue;
      }
      missing.tries += 1;
      missing.askedUs = nowUs;
      due.push(sequence);
    }
    return due;
  }
}
