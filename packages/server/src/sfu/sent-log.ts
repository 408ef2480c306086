/** Numbers of one entry: they lie side by side, since each touch of another place costs more than the writing. */
const entrySize = 4;
/** One more than the sequence number, so that 0 is none. */
const outSequenceAt = 0;
const sourceSequenceAt = 1;
const mungingIdAt = 2;
const markerAndPictureIdAt = 3;

/** Power of two. */
const firstCapacity = 128;
/** A viewer asks again for so long. */
const keptUs = 5_000_000;

/**
 * What a downstream sent under which sequence number, so that a viewer's NACK finds the packet again whatever was
 * munged since. A ring of plain numbers. It grows when it has gone round too soon, a few times at most, before anything is
 * overwritten; else nothing is allocated.
 */
export class SentLog {
  readonly #lastCapacity: number;
  #capacity = firstCapacity;
  #mask = firstCapacity - 1;
  #entries = new Int32Array(firstCapacity * entrySize);
  /** Since when, and with which number, it goes round this time. */
  #roundUs = Number.NaN;
  #roundStart = 0;

  /** @param lastCapacity what it grows to at most: power of two, 128 to 32768 */
  constructor(lastCapacity: number) {
    if ((lastCapacity & (lastCapacity - 1)) !== 0) throw new RangeError('lastCapacity must be a power of two');
    this.#lastCapacity = lastCapacity;
  }

  /** @param sourceSequence extended; 32 bits of it are kept, which is 49 days at 1000 packets a second */
  record(
    outSequence: number,
    mungingId: number,
    sourceSequence: number,
    outPictureId: number,
    markerBit: number,
    nowUs: number,
  ): void {
    const inRound = (outSequence - this.#roundStart) & 0xffff;
    // Late packets are of a round before.
    if ((inRound >= this.#capacity && inRound < 0x8000) || Number.isNaN(this.#roundUs)) this.#goOn(outSequence, nowUs);
    const at = (outSequence & this.#mask) * entrySize;
    const entries = this.#entries;
    entries[at + outSequenceAt] = outSequence + 1;
    entries[at + sourceSequenceAt] = sourceSequence;
    entries[at + mungingIdAt] = mungingId;
    entries[at + markerAndPictureIdAt] = (markerBit << 8) | (outPictureId & 0x7fff);
  }

  /** Goes round once more, or first grows where that would overwrite what may still be asked for. */
  #goOn(outSequence: number, nowUs: number): void {
    if (nowUs - this.#roundUs < keptUs && this.#capacity < this.#lastCapacity) {
      this.#double();
      return;
    }
    this.#roundUs = nowUs;
    this.#roundStart = outSequence;
  }

  #double(): void {
    const before = this.#entries;
    this.#capacity *= 2;
    this.#mask = this.#capacity - 1;
    this.#entries = new Int32Array(this.#capacity * entrySize);
    for (let from = 0; from < before.length; from += entrySize) {
      const outSequence = (before[from + outSequenceAt] ?? 0) - 1;
      if (outSequence < 0) continue;
      const to = (outSequence & this.#mask) * entrySize;
      for (let field = 0; field < entrySize; field += 1) this.#entries[to + field] = before[from + field] ?? 0;
    }
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
