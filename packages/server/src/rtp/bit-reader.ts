/** Reads bits, highest first. Behind the end all bits are 0, and `overrun` tells. */
export class BitReader {
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  /** More was read than there is: what was read means nothing. */
  overrun = false;

  /** `offset` and `length` in bytes; they must lie within the buffer. */
  open(buffer: Buffer, offset: number, length: number): void {
    this.#buffer = buffer;
    this.#at = 8 * offset;
    this.#end = this.#at + 8 * length;
    this.overrun = false;
  }

  bit(): number {
    if (this.#at >= this.#end) {
      this.overrun = true;
      return 0;
    }
    const byte = this.#buffer.readUInt8(this.#at >> 3);
    const value = (byte >> (7 - (this.#at & 7))) & 1;
    this.#at += 1;
    return value;
  }

  /** An unsigned number of up to 32 bits. */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1) value = value * 2 + this.bit();
    return value;
  }

  /**
   * One of `count` values, where the lower ones may take a bit less: ns(n) of the AV1 specification, section 4.10.7.
   * @param count at least 1
   */
  nonSymmetric(count: number): number {
    const width = 32 - Math.clz32(count);
    const shorter = 2 ** width - count;
    const value = this.bits(width - 1);
    return value < shorter ? value : value * 2 - shorter + this.bit();
  }
}
