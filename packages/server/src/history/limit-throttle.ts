const intervalUs = 10e6;
/** Of limits and rooms at a time; those beyond it are not told of. */
const largestCount = 1000;

/** A limit is hit as often as somebody knocks; it is told once in ten seconds, of each limit and room. */
export class LimitThrottle {
  readonly #told = new Map<string, { atUs: number; since: number }>();

  /** @returns how many times it was hit untold before this one; undefined where this one is not to be told either */
  take(limit: string, roomId: string | null, nowUs: number): number | undefined {
    const key = `${limit} ${roomId ?? ''}`;
    const told = this.#told.get(key);
    if (told && nowUs - told.atUs < intervalUs) {
      told.since += 1;
      return undefined;
    }
    if (this.#told.size >= largestCount) this.#forgetOld(nowUs);
    if (this.#told.size >= largestCount) return undefined;
    this.#told.set(key, { atUs: nowUs, since: 0 });
    return told?.since ?? 0;
  }

  #forgetOld(nowUs: number): void {
    for (const [key, { atUs }] of this.#told) if (nowUs - atUs >= intervalUs) this.#told.delete(key);
  }
}
