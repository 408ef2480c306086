/** Memory is taken in pieces of this size, so that a quiet source stays small. */
const chunkBytes = 128 * 1024;

interface Chunk {
  /** Its place in the order in which chunks were made. */
  readonly id: number;
  readonly bytes: Buffer;
  /** Counts how often it was begun anew: what was written before is gone. */
  generation: number;
  /** Highest sequence number in it. */
  newest: number;
}

export interface PacketRingOptions {
  /** What it holds at least, before old packets are overwritten. */
  readonly minBytes: number;
  /** What it may grow to for the sake of `keepFrom`. */
  readonly maxBytes: number;
  /** Packets that can be found; a power of two. */
  readonly maxPackets: number;
}

/**
 * The last packets of one source, for retransmission and for replay to viewers who join.
 *
 * Bytes live in a circle of chunks; an index by sequence number finds them. The circle takes in another chunk, up to
 * its bound, where the next one still holds packets from `keepFrom` on: so it grows to what a group of pictures needs
 * and no further. Nothing is allocated per packet.
 */
export class PacketRing {
  /** Sequence number from which on packets are wanted for replay; infinite where none are. */
  keepFrom = Number.POSITIVE_INFINITY;
  readonly #minChunks: number;
  readonly #maxChunks: number;
  readonly #mask: number;
  /** In the order in which they are written. */
  readonly #circle: Chunk[] = [];
  /** In the order in which they were made; the index refers to this. */
  readonly #chunks: Chunk[] = [];
  #current = 0;
  #used = 0;
  readonly #sequence: Float64Array;
  readonly #chunk: Uint16Array;
  readonly #generation: Uint32Array;
  readonly #offset: Uint32Array;
  readonly #length: Uint16Array;

  constructor({ minBytes, maxBytes, maxPackets }: PacketRingOptions) {
    if ((maxPackets & (maxPackets - 1)) !== 0) throw new RangeError('maxPackets must be a power of two');
    this.#minChunks = Math.max(1, Math.floor(minBytes / chunkBytes));
    this.#maxChunks = Math.max(this.#minChunks, Math.floor(maxBytes / chunkBytes));
    this.#mask = maxPackets - 1;
    this.#sequence = new Float64Array(maxPackets).fill(-1);
    this.#chunk = new Uint16Array(maxPackets);
    this.#generation = new Uint32Array(maxPackets);
    this.#offset = new Uint32Array(maxPackets);
    this.#length = new Uint16Array(maxPackets);
  }

  get capacityBytes(): number {
    return this.#chunks.length * chunkBytes;
  }

  /** Copies `length` bytes from the start of `packet`. */
  insert(extendedSequence: number, packet: Buffer, length: number): void {
    const chunk = this.#chunkFor(length);
    packet.copy(chunk.bytes, this.#used, 0, length);
    if (extendedSequence > chunk.newest) chunk.newest = extendedSequence;
    const slot = extendedSequence & this.#mask;
    this.#sequence[slot] = extendedSequence;
    this.#chunk[slot] = chunk.id;
    this.#generation[slot] = chunk.generation;
    this.#offset[slot] = this.#used;
    this.#length[slot] = length;
    this.#used += length;
  }

  #chunkFor(length: number): Chunk {
    const current = this.#circle[this.#current];
    if (current !== undefined && this.#used + length <= chunkBytes) return current;
    this.#used = 0;
    if (current === undefined) return this.#grow(0);
    const next = this.#circle[(this.#current + 1) % this.#circle.length];
    const count = this.#circle.length;
    const isWanted = next !== undefined && next.newest >= this.keepFrom;
    if (next === undefined || count < this.#minChunks || (isWanted && count < this.#maxChunks)) {
      return this.#grow(this.#current + 1);
    }
    this.#current = (this.#current + 1) % count;
    next.generation += 1;
    next.newest = -1;
    return next;
  }

  #grow(at: number): Chunk {
    const chunk = { id: this.#chunks.length, bytes: Buffer.allocUnsafeSlow(chunkBytes), generation: 0, newest: -1 };
    this.#chunks.push(chunk);
    this.#circle.splice(at, 0, chunk);
    this.#current = at;
    return chunk;
  }

  /** Whether this number was inserted and no later one has taken its slot (its bytes may be gone already). */
  has(extendedSequence: number): boolean {
    return this.#sequence[extendedSequence & this.#mask] === extendedSequence;
  }

  /** Length of a packet that is still here, or 0. */
  lengthOf(extendedSequence: number): number {
    const slot = extendedSequence & this.#mask;
    if (this.#sequence[slot] !== extendedSequence) return 0;
    const chunk = this.#chunks[this.#chunk[slot] ?? 0];
    return chunk?.generation === this.#generation[slot] ? (this.#length[slot] ?? 0) : 0;
  }

  /** Copies a packet to the start of `target`; returns its length, or 0 where it is no longer (or not yet) here. */
  read(extendedSequence: number, target: Buffer): number {
    const length = this.lengthOf(extendedSequence);
    if (length === 0) return 0;
    const slot = extendedSequence & this.#mask;
    const offset = this.#offset[slot] ?? 0;
    this.#chunks[this.#chunk[slot] ?? 0]?.bytes.copy(target, 0, offset, offset + length);
    return length;
  }
}
