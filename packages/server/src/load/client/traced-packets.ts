import type { Trace } from '../media/trace.ts';

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
  #hasSwitched = false;

  /** Whether the counts hold: packets have come, and all of one layer. */
  get isWhole(): boolean {
    return this.#first >= 0 && !this.#hasSwitched;
  }

  get delivered(): number {
    return this.#delivered;
  }

  onPacket({ layer, index }: Trace): void {
    if (this.#layer >= 0 && layer !== this.#layer) this.#hasSwitched = true;
    this.#layer = layer;
    if (index > this.#highest) this.#highest = index;
    if (index < this.#countFrom) return;
    this.#delivered += 1;
    if (this.#first < 0 || index < this.#first) this.#first = index;
  }

  /** Counts anew, from the next packet of the host on. */
  startCounting(): void {
    this.#countFrom = this.#highest + 1;
    if (this.#first >= 0) this.#first = this.#countFrom;
    this.#delivered = 0;
  }

  /** Of a host that has made `hostPackets` of this layer; 0 where nothing has come. */
  expected(hostPackets: number): number {
    return this.#first < 0 ? 0 : hostPackets - this.#first;
  }
}
