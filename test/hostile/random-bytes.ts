import { type Cipheriv, createCipheriv } from 'node:crypto';

/** Random bytes that are the same in every run: a failure can be had again. */
export class RandomBytes {
  readonly #cipher: Cipheriv;

  constructor(seed: number) {
    const key = Buffer.alloc(16);
    key.writeUInt32BE(seed);
    this.#cipher = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
  }

  bytes(length: number): Buffer {
    return this.#cipher.update(Buffer.alloc(length));
  }

  /** From 0 to one less than `limit`. */
  below(limit: number): number {
    return this.bytes(6).readUIntBE(0, 6) % limit;
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0];
  }
}
