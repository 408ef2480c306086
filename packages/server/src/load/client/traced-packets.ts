import type { Trace } from '../media/trace.ts';

/** Numbers back from the newest for which it is known whether they came: some seconds, even of a large stream. */
const historyLength = 4096;

/**
 * Counts a host's packets by the numbers it wrote into them: also those that a server left out, closing the gap in its
 * sequence numbers. A change of layer begins new numbers, and then this count says nothing.
 */
export class TracedPackets {
  #layer = -1;
  #first = -1;
  #highest = -1;
  /** Those below are not counted. */
  #countFrom = 0;
  #delivered = 0;
  readonly #came = new Float64Array(historyLength).fill(-1);
  #hasSwitched = false;

  /** Whether the counts hold: packets have come, and all of one layer. */
  get isWhole(): boolean {
    return this.#first >= 0 && !this.#hasSwitched;
  }

  onPacket({ layer, index }: Trace): void {
    if (this.#layer >= 0 && layer !== this.#layer) this.#hasSwitched = true;
    this.#layer = layer;
    if (index > this.#highest) this.#highest = index;
    if (index < this.#countFrom) return;
    this.#delivered += 1;
    this.#came[index % historyLength] = index;
    if (this.#first < 0 || index < this.#first) this.#first = index;
  }

  /** Counts anew, from the next packet of the host on. */
  startCounting(): void {
    this.#countFrom = this.#highest + 1;
    if (this.#first >= 0) this.#first = this.#countFrom;
    this.#delivered = 0;
  }

  /** How many of the first `hostPackets` of this layer should have come; 0 where nothing has. */
  expected(hostPackets: number): number {
    return this.#first < 0 ? 0 : Math.max(0, hostPackets - this.#first);
  }

  /** And how many did. Those that the host has sent since only show what is missing before them. */
  delivered(hostPackets: number): number {
    let later = 0;
    for (let index = hostPackets; index <= this.#highest; index += 1) {
      if (this.#came[index % historyLength] === index) later += 1;
    }
    return this.#delivered - later;
  }
}
