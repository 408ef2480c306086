import type { Source } from '../source.ts';
import type { Check } from './check.ts';

/** Video above what the host's token allows, which is therefore not forwarded. */
export class AboveLimitCheck implements Check {
  readonly code = 'above-limit';
  readonly advice =
    'Viewers are not sent this. Lower the resolution, bitrate or frame rate of the encoder to what is allowed.';
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  find(): string | undefined {
    return this.#source.barred;
  }
}
