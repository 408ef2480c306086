import type { MediaKind } from '../../rtp/parameters.ts';
import type { Check } from './check.ts';
import type { StreamWarning } from './stream-warning.ts';

/** A fault must have been away for so long before its warning goes, so that one that comes and goes is told once. */
const clearAfterUs = 5_000_000;

/** The warning of one check: raised when it finds something, cleared with hysteresis. */
export class Alarm {
  readonly check: Check;
  readonly #kind: MediaKind;
  readonly #rid: string | undefined;
  #warning: StreamWarning | undefined;
  #foundUs = 0;

  constructor(check: Check, kind: MediaKind, rid?: string) {
    this.check = check;
    this.#kind = kind;
    this.#rid = rid;
  }

  /** The same object for as long as it stands. */
  get warning(): StreamWarning | undefined {
    return this.#warning;
  }

  update(nowUs: number): void {
    const detail = this.check.find(nowUs);
    if (detail !== undefined) {
      this.#foundUs = nowUs;
      this.#warning ??= this.#raise(detail, nowUs);
    } else if (nowUs - this.#foundUs >= clearAfterUs) {
      this.#warning = undefined;
    }
  }

  #raise(detail: string, sinceUs: number): StreamWarning {
    const { code, advice } = this.check;
    return { code, kind: this.#kind, ...(this.#rid !== undefined && { rid: this.#rid }), sinceUs, detail, advice };
  }
}
