const firstDelayMs = 250;
const longestDelayMs = 5_000;

/**
 * How long to wait before the next attempt: doubling from 250 ms up to 5 s, of which a random half is taken off,
 * so that a thousand viewers of a restarted server do not all return in the same instant.
 *
 * @param failures attempts that failed in a row, 1 or more
 * @param random from 0 to 1
 */
export function retryDelayMs(failures: number, random: number): number {
  const ceilingMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1));
  return ceilingMs * (1 - random / 2);
}
