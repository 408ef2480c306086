import type { StreamWarning } from '@bitbasel/protocol';

/** Those that were not there before; one that has gone and come back is new. */
export function newWarnings(before: readonly StreamWarning[], now: readonly StreamWarning[]): StreamWarning[] {
  return now.filter((warning) => !before.some((known) => isSame(known, warning)));
}

function isSame(one: StreamWarning, other: StreamWarning): boolean {
  return one.code === other.code && one.kind === other.kind && one.rid === other.rid && one.since === other.since;
}
