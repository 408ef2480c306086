import type { NativePort } from './addon.ts';

/** The connection's number, and the packet's length: 32 bits each, in the machine's order. */
const entryBytes = 8;
/** Longer ones do not fit into a datagram of an Ethernet. */
export const maxPacketBytes = 1472;

/**
 * Gathers the packets of one turn of the event loop in memory that the sending threads read, and hands it to them when the
 * turn ends, or when it is full. A frame that a host sends goes to all viewers in one batch, so the threads find all the
 * packets for one viewer beside each other.
 */
export class BatchWriter {
  readonly #port: NativePort;
  /** Of each batch that there has been: its bytes, and the same memory as words. */
  readonly #bytes: Buffer[] = [];
  readonly #words: Uint32Array[] = [];
  #index: number;
  #offset = 0;
  #isClosed = false;
  readonly #flush = () => this.flush();

  constructor(port: NativePort) {
    this.#port = port;
    this.#index = port.nextBatch();
  }

  /**
   * Takes one packet along. Hot path: no allocation, but for a microtask a turn.
   * @returns whether there was a place for it
   */
  write(connection: number, packet: Buffer): boolean {
    const { length } = packet;
    if (this.#isClosed || !this.#hasRoom(entryBytes + length)) return false;
    const bytes = this.#bytes[this.#index] as Buffer;
    const words = this.#words[this.#index] as Uint32Array;
    const offset = this.#offset;
    if (offset === 0) queueMicrotask(this.#flush);
    const word = offset >> 2;
    words[word] = connection;
    words[word + 1] = length;
    bytes.set(packet, offset + entryBytes);
    // Entries begin at multiples of 8.
    this.#offset = (offset + entryBytes + length + 7) & ~7;
    return true;
  }

  #hasRoom(size: number): boolean {
    if (this.#index >= 0 && this.#offset + size <= this.#batch(this.#index).length) return true;
    if (this.#index >= 0) this.flush();
    else this.#index = this.#port.nextBatch();
    return this.#index >= 0 && this.#batch(this.#index).length >= size;
  }

  #batch(index: number): Buffer {
    const known = this.#bytes[index];
    if (known !== undefined) return known;
    const bytes = this.#port.batch(index);
    this.#bytes[index] = bytes;
    this.#words[index] = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    return bytes;
  }

  flush(): void {
    if (this.#offset === 0 || this.#isClosed) return;
    const length = this.#offset;
    this.#offset = 0;
    this.#index = this.#port.send(this.#index, length);
  }

  /** Nothing is written any more: the memory goes with the port. */
  close(): void {
    this.flush();
    this.#isClosed = true;
  }
}
