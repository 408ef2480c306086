const firstMs = 1000;
const longestMs = 300_000;

/**
 * How long to wait after a failed delivery: doubling from 1 s up to 5 minutes, of which a random half is taken off.
 * @param failures in a row, 1 or more
 * @param random from 0 to 1
 */
export function webhookDelayMs(failures: number, random: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 20)) * (1 - random / 2);
}
