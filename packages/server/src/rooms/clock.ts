/** Tests bring their own. */
export interface Clock {
  /**
   * Microseconds since the Unix epoch, by a clock that never steps: good for intervals and for sender reports alike. It is
   * as wrong as the machine's was at the start, and stays so.
   */
  nowUs(): number;
  /** By the machine's clock, which may be set: for what others have dated, or will look at by a clock of their own. */
  wallMs(): number;
}

export const systemClock: Clock = {
  nowUs: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
  wallMs: () => Date.now(),
};

/** ISO 8601, UTC. */
export function isoTime(atUs: number): string {
  return new Date(atUs / 1000).toISOString();
}
