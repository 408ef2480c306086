/** Percentiles of what one figure came to. All 0 where there was nothing. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** By nearest rank: each is a value that occurred. */
export function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}

const bucketMs = 0.5;
const bucketCount = 20_000;

/** Delays of millions of packets in buckets of 0.5 ms up to 10 s, so that those of several processes add up. */
export class DelayHistogram {
  readonly #counts = new Uint32Array(bucketCount);

  add(delayMs: number): void {
    const bucket = Math.min(bucketCount - 1, Math.max(0, Math.floor(delayMs / bucketMs)));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  /** Pairs of bucket and count, of those that are not empty. */
  dump(): [bucket: number, count: number][] {
    const pairs: [number, number][] = [];
    for (const [bucket, count] of this.#counts.entries()) if (count > 0) pairs.push([bucket, count]);
    return pairs;
  }

  merge(pairs: readonly (readonly [bucket: number, count: number])[]): void {
    for (const [bucket, count] of pairs) this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
  }

  /** Each is the upper end of its bucket. */
  percentiles(): Percentiles {
    const pairs = this.dump();
    const total = pairs.reduce((sum, [, count]) => sum + count, 0);
    const at = (share: number) => {
      let left = Math.max(1, Math.ceil(share * total));
      const found = pairs.find(([, count]) => {
        left -= count;
        return left <= 0;
      });
      return found === undefined ? 0 : (found[0] + 1) * bucketMs;
    };
    return { count: total, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
  }
}
