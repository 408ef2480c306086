/** Runs of dropped numbers that are remembered: seconds, at a run a frame. */
const keptRuns = 256;
/** Of those who have dropped nothing. */
const noRuns = new Float64Array(0);

/**
 * Closes the gaps that dropped packets (or pictures) leave: numbers go in, extended and mostly in order, and those that
 * are forwarded come out without a gap. Each number keeps what it came out as, so late ones find their place.
 *
 * What is missing in between may yet come and be forwarded, so a number is reserved for it. Where it comes and is
 * dropped after all, its number is left to be filled: with an empty packet, which receivers skip.
 *
 * Remembered are only the runs of dropped numbers, in typed arrays. They are made when the first is dropped, since most
 * viewers never drop any, and 12 KiB a viewer are much; after that nothing is allocated.
 */
export class SequenceCompactor {
  /** First and last number of each run, and how many were dropped up to its end. */
  #first: Float64Array = noRuns;
  #last: Float64Array = noRuns;
  #dropped: Float64Array = noRuns;
  #runs = 0;
  #start = 0;
  #highest = -1;

  /** Begins anew with this number, which comes out as itself; those before it belong to nobody. */
  restart(start: number): void {
    this.#start = start;
    this.#highest = start - 1;
    this.#runs = 0;
  }

  /** Highest number that came in. */
  get highest(): number {
    return this.#highest;
  }

  /** What a forwarded number comes out as, however often it is asked; -1 where it was dropped, or is too old. */
  forward(number: number): number {
    if (number <= this.#highest) return this.find(number);
    this.#highest = number;
    return number - this.#totalDropped();
  }

  /**
   * Drops a number.
   * @param withGap what is missing just before it is known to be dropped too
   * @returns the number reserved for it, which is now to be filled; -1 where there is none
   */
  drop(number: number, withGap = false): number {
    if (number <= this.#highest) return this.find(number);
    this.#append(withGap ? this.#highest + 1 : number, number);
    this.#highest = number;
    return -1;
  }

  /** As `forward`, for a number that came before. */
  find(number: number): number {
    if (number < this.#start) return -1;
    const oldest = Math.max(0, this.#runs - keptRuns);
    for (let run = this.#runs - 1; run >= oldest; run -= 1) {
      const slot = run % keptRuns;
      if (number > (this.#last[slot] ?? 0)) return number - (this.#dropped[slot] ?? 0);
      if (number >= (this.#first[slot] ?? 0)) return -1;
    }
    return oldest === 0 ? number : -1;
  }

  #append(first: number, last: number): void {
    if (this.#first === noRuns) this.#makeRoom();
    const dropped = this.#totalDropped() + last - first + 1;
    const newest = (this.#runs - 1) % keptRuns;
    const extendsNewest = this.#runs > 0 && this.#last[newest] === first - 1;
    const slot = extendsNewest ? newest : this.#runs % keptRuns;
    if (!extendsNewest) {
      this.#first[slot] = first;
      this.#runs += 1;
    }
    this.#last[slot] = last;
    this.#dropped[slot] = dropped;
  }

  #makeRoom(): void {
    this.#first = new Float64Array(keptRuns);
    this.#last = new Float64Array(keptRuns);
    this.#dropped = new Float64Array(keptRuns);
  }

  #totalDropped(): number {
    return this.#runs === 0 ? 0 : (this.#dropped[(this.#runs - 1) % keptRuns] ?? 0);
  }
}
