import type { StreamWarning } from '@bitbasel/protocol';
import type { StreamWarning as FoundWarning } from '../sfu/linter/stream-warning.ts';
import { isoTime } from './clock.ts';

/** While nobody publishes: one array, so that nothing seems to change. */
const none: readonly FoundWarning[] = [];

/** What the linter finds wrong with the host's stream, in the wire's form, and what has changed since it was last asked. */
export class StreamWarnings {
  #found: readonly FoundWarning[] = none;
  #shown: StreamWarning[] = [];

  get shown(): StreamWarning[] {
    return this.#shown;
  }

  /** @returns those newly raised; undefined where nothing has been raised or cleared */
  update(found: readonly FoundWarning[] = none): StreamWarning[] | undefined {
    if (found === this.#found || (found.length === 0 && this.#found.length === 0)) return undefined;
    const raised = found.filter((warning) => !this.#found.includes(warning)).map(toWire);
    this.#found = found;
    this.#shown = found.map(toWire);
    return raised;
  }
}

/** A warning in the wire's form. */
export function toWire({ sinceUs, ...warning }: FoundWarning): StreamWarning {
  return { ...warning, since: isoTime(sinceUs) };
}
