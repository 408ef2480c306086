/**
 * Microseconds since the Unix epoch, by a clock that never steps back: good for intervals and for sender reports alike.
 * Tests bring their own.
 */
export interface Clock {
  nowUs(): number;
}

export const systemClock: Clock = {
  nowUs: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
};

/** ISO 8601, UTC. */
export function isoTime(atUs: number): string {
  return new Date(atUs / 1000).toISOString();
}
