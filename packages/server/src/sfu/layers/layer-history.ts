/** Changes remembered. They come at frames, seconds apart; packets come late by some frames at most. */
const keptChanges = 8;

/**
 * What a layer filter lets pass, as one number, and since which packet: so that a packet that comes late is judged by
 * what held at its place in the stream. Nothing is allocated after construction.
 */
export class LayerHistory {
  /** What holds for packets in order. */
  current = 0;
  readonly #since: Float64Array = new Float64Array(keptChanges);
  readonly #states: Int32Array = new Int32Array(keptChanges);
  #changes = 0;
  #highest = -1;

  /** Begins anew: nothing is known of packets before the next. */
  reset(state: number): void {
    this.current = state;
    this.#changes = 0;
    this.#highest = -1;
  }

  /** Notes a packet's extended sequence number; false where it is late. */
  advance(sequence: number): boolean {
    if (sequence <= this.#highest) return false;
    this.#highest = sequence;
    return true;
  }

  /** From this packet on, `state` holds. */
  change(state: number, sequence: number): void {
    if (state === this.current && this.#changes > 0) return;
    this.current = state;
    const slot = this.#changes % keptChanges;
    this.#since[slot] = sequence;
    this.#states[slot] = state;
    this.#changes += 1;
  }

  /** What held at a packet; the oldest that is known, where it is older than that. */
  at(sequence: number): number {
    const oldest = Math.max(0, this.#changes - keptChanges);
    for (let change = this.#changes - 1; change > oldest; change -= 1) {
      if ((this.#since[change % keptChanges] ?? 0) <= sequence) return this.#states[change % keptChanges] ?? 0;
    }
    return this.#changes === 0 ? this.current : (this.#states[oldest % keptChanges] ?? 0);
  }
}
