/** The estimate is right from here to the full rate. */
export const lowShare = 0.75;
export const highShare = 1;

export const sampleMs = 50;
/** A settled estimate stays for so long, but for a tenth of that. */
const settledSamples = 3000 / sampleMs;
const settledPart = 0.9;

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** @param share 0 to 1 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
}

/** Samples from `fromSeconds` up to `toSeconds`. */
export function between<Sample>(samples: readonly Sample[], fromSeconds: number, toSeconds: number): readonly Sample[] {
  return samples.slice((fromSeconds * 1000) / sampleMs, (toSeconds * 1000) / sampleMs);
}

/** Seconds into the samples from when the estimate, as a share of the rate, has settled; Infinity for never. */
export function settledAfter(shares: readonly number[]): number {
  const isRight = (share: number | undefined) => share !== undefined && share >= lowShare && share <= highShare;
  for (let start = 0; start + settledSamples <= shares.length; start += 1) {
    if (!isRight(shares[start])) continue;
    const right = shares.slice(start, start + settledSamples).filter(isRight).length;
    if (right >= settledPart * settledSamples) return (start * sampleMs) / 1000;
  }
  return Number.POSITIVE_INFINITY;
}
