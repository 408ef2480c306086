import type { Clock } from '../rooms/clock.ts';

const digits = 14;

/**
 * Numbers for runs, sessions and events: the microsecond, or the next free one. So they are unique and sort by time,
 * also after a restart that found no history to go on from.
 */
export class Numbering {
  readonly #clock: Clock;
  #last: number;

  /** @param last the greatest number that is taken already */
  constructor(clock: Clock, last: number) {
    this.#clock = clock;
    this.#last = last;
  }

  next(): number {
    this.#last = Math.max(this.#last + 1, this.#clock.nowUs());
    return this.#last;
  }
}

/** As text that sorts like the numbers. */
export function numberText(number: number): string {
  return number.toString(16).padStart(digits, '0');
}

export type NumberedKind = 'evt' | 'run';

/** For example `evt_00064e9c1f6a3b`. */
export function idOf(kind: NumberedKind, number: number): string {
  return `${kind}_${numberText(number)}`;
}

/** The number in an id, or in its bare text. */
export function numberOf(id: string): number {
  return Number.parseInt(id.slice(-digits), 16);
}
