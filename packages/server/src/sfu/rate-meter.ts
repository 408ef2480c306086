const bucketUs = 100_000;
const bucketCount = 10;

/** Bits a second over the last second, in buckets of 100 ms. */
export class RateMeter {
  readonly #bytes = new Float64Array(bucketCount);
  #current = 0;
  #sum = 0;

  add(bytes: number, nowUs: number): void {
    this.#advance(nowUs);
    const slot = this.#current % bucketCount;
    this.#bytes[slot] = (this.#bytes[slot] ?? 0) + bytes;
    this.#sum += bytes;
  }

  bitsPerSecond(nowUs: number): number {
    this.#advance(nowUs);
    return (this.#sum * 8 * 1e6) / (bucketCount * bucketUs);
  }

  #advance(nowUs: number): void {
    const bucket = Math.floor(nowUs / bucketUs);
    if (bucket <= this.#current) return;
    const steps = Math.min(bucket - this.#current, bucketCount);
    for (let step = 1; step <= steps; step += 1) {
      const slot = (bucket - steps + step) % bucketCount;
      this.#sum -= this.#bytes[slot] ?? 0;
      this.#bytes[slot] = 0;
    }
    this.#current = bucket;
  }
}
