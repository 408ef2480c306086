/** Numbers of one entry: they lie side by side, since each touch of another place costs more than the writing. */
const entrySize = 4;
/** One more than the sequence number, so that 0 is none. */
const outSequenceAt = 0;
const sourceSequenceAt = 1;
const mungingIdAt = 2;
const markerAndPictureIdAt = 3;

/**
 * What a downstream sent under which sequence number, so that a viewer's NACK finds the packet again whatever was
 * munged since. A ring of plain numbers; nothing is allocated after construction.
 */
export class SentLog {
  readonly #mask: number;
  readonly #entries: Int32Array;

  /** @param capacity power of two, at most 32768 */
  constructor(capacity: number) {
    if ((capacity & (capacity - 1)) !== 0) throw new RangeError('capacity must be a power of two');
    this.#mask = capacity - 1;
    // Not filled: pages of it that nothing is written to cost no memory.
    this.#entries = new Int32Array(capacity * entrySize);
  }

  /** @param sourceSequence extended; 32 bits of it are kept, which is 49 days at 1000 packets a second */
  record(
    outSequence: number,
    mungingId: number,
    sourceSequence: number,
    outPictureId: number,
    markerBit: number,
  ): void {
    const at = (outSequence & this.#mask) * entrySize;
    const entries = this.#entries;
    entries[at + outSequenceAt] = outSequence + 1;
    entries[at + sourceSequenceAt] = sourceSequence;
    entries[at + mungingIdAt] = mungingId;
    entries[at + markerAndPictureIdAt] = (markerBit << 8) | (outPictureId & 0x7fff);
  }

  /** The source's extended sequence number behind a 16-bit number we sent, or -1 where it is unknown or too old. */
  sourceSequence(outSequence: number): number {
    return this.#read(outSequence, outSequenceAt) === outSequence + 1
      ? this.#read(outSequence, sourceSequenceAt) >>> 0
      : -1;
  }

  /** The munging it was sent with; only meaningful, as those below, where `sourceSequence` found it. */
  mungingId(outSequence: number): number {
    return this.#read(outSequence, mungingIdAt);
  }

  /** The picture id it was sent with, 15 bits. */
  pictureId(outSequence: number): number {
    return this.#read(outSequence, markerAndPictureIdAt) & 0x7fff;
  }

  /** 0x80 or 0. */
  markerBit(outSequence: number): number {
    return (this.#read(outSequence, markerAndPictureIdAt) >> 8) & 0x80;
  }

  #read(outSequence: number, field: number): number {
    return this.#entries[(outSequence & this.#mask) * entrySize + field] ?? 0;
  }
}
