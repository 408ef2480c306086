/**
 * The last packets of one source, for retransmission and for replay to a viewer that joins.
 *
 * Bytes live in one arena that is overwritten in a circle, so memory is bounded by bytes, whatever the packet sizes;
 * an index by sequence number (a power of two) finds them. Untouched pages of the arena cost no memory.
 * Nothing is allocated after construction.
 */
export class PacketRing {
  readonly #arena: Buffer;
  readonly #mask: number;
  /** Extended sequence number of the packet in an index slot; -1 while empty. */
  readonly #sequence: Float64Array;
  /** Where it was written, counted in bytes since the start: tells whether the arena has come round since. */
  readonly #position: Float64Array;
  readonly #length: Uint16Array;
  #written = 0;

  /**
   * @param capacityBytes arena size; a packet must be well below it
   * @param capacityPackets power of two
   */
  constructor(capacityBytes: number, capacityPackets: number) {
    if ((capacityPackets & (capacityPackets - 1)) !== 0) throw new RangeError('capacityPackets must be a power of two');
    this.#arena = Buffer.allocUnsafeSlow(capacityBytes);
    this.#mask = capacityPackets - 1;
    this.#sequence = new Float64Array(capacityPackets).fill(-1);
    this.#position = new Float64Array(capacityPackets);
    this.#length = new Uint16Array(capacityPackets);
  }

  /** Copies `length` bytes from the start of `packet`. */
  insert(extendedSequence: number, packet: Buffer, length: number): void {
    const size = this.#arena.length;
    let offset = this.#written % size;
    if (offset + length > size) {
      this.#written += size - offset;
      offset = 0;
    }
    packet.copy(this.#arena, offset, 0, length);
    const slot = extendedSequence & this.#mask;
    this.#sequence[slot] = extendedSequence;
    this.#position[slot] = this.#written;
    this.#length[slot] = length;
    this.#written += length;
  }

  /** Whether this number was inserted and no later one has taken its slot (its bytes may be gone already). */
  has(extendedSequence: number): boolean {
    return this.#sequence[extendedSequence & this.#mask] === extendedSequence;
  }

  /** Copies a packet to the start of `target`; returns its length, or 0 where it is no longer (or not yet) here. */
  read(extendedSequence: number, target: Buffer): number {
    const slot = extendedSequence & this.#mask;
    if (this.#sequence[slot] !== extendedSequence) return 0;
    const position = this.#position[slot] ?? 0;
    if (this.#written - position > this.#arena.length) return 0;
    const length = this.#length[slot] ?? 0;
    const offset = position % this.#arena.length;
    this.#arena.copy(target, 0, offset, offset + length);
    return length;
  }
}
