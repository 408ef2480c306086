/**
 * What a downstream sent under which sequence number, so that a viewer's NACK finds the packet again whatever was
 * munged since. A ring of plain numbers; nothing is allocated after construction.
 */
export class SentLog {
  readonly #mask: number;
  readonly #outSequence: Int32Array;
  /** Extended sequence number in the source; fits 32 bits for 49 days at 1000 packets a second. */
  readonly #sourceSequence: Uint32Array;
  readonly #mungingId: Uint32Array;
  /** Marker bit in the highest bit, picture id in the others. */
  readonly #markerAndPictureId: Uint16Array;

  /** @param capacity power of two, at most 32768 */
  constructor(capacity: number) {
    if ((capacity & (capacity - 1)) !== 0) throw new RangeError('capacity must be a power of two');
    this.#mask = capacity - 1;
    this.#outSequence = new Int32Array(capacity).fill(-1);
    this.#sourceSequence = new Uint32Array(capacity);
    this.#mungingId = new Uint32Array(capacity);
    this.#markerAndPictureId = new Uint16Array(capacity);
  }

  record(
    outSequence: number,
    mungingId: number,
    sourceSequence: number,
    outPictureId: number,
    markerBit: number,
  ): void {
    const slot = outSequence & this.#mask;
    this.#outSequence[slot] = outSequence;
    this.#sourceSequence[slot] = sourceSequence;
    this.#mungingId[slot] = mungingId;
    this.#markerAndPictureId[slot] = (markerBit << 8) | (outPictureId & 0x7fff);
  }

  /** The source's extended sequence number behind a 16-bit number we sent, or -1 where it is unknown or too old. */
  sourceSequence(outSequence: number): number {
    const slot = outSequence & this.#mask;
    return this.#outSequence[slot] === outSequence ? (this.#sourceSequence[slot] ?? -1) : -1;
  }

  /** The munging it was sent with; only meaningful where `sourceSequence` found it. */
  mungingId(outSequence: number): number {
    return this.#mungingId[outSequence & this.#mask] ?? 0;
  }

  /** The picture id it was sent with, 15 bits. */
  pictureId(outSequence: number): number {
    return (this.#markerAndPictureId[outSequence & this.#mask] ?? 0) & 0x7fff;
  }

  /** 0x80 or 0. */
  markerBit(outSequence: number): number {
    return ((this.#markerAndPictureId[outSequence & this.#mask] ?? 0) >> 8) & 0x80;
  }
}
