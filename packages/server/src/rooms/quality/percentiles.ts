import type { Percentiles } from '@bitbasel/protocol';

/** The nearest-rank percentiles of what is known: nulls are left out. */
export function percentiles(values: readonly (number | null | undefined)[]): Percentiles {
  const known = values.filter((value) => value !== null && value !== undefined).toSorted((a, b) => a - b);
  const at = (share: number) => known[Math.ceil(share * known.length) - 1] ?? null;
  return { count: known.length, p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}
