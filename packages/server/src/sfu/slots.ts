import type { HostPlace } from './lineup.ts';

/** One downstream of a viewer, seen as a place in which a host is shown. */
export interface Slot {
  /** Whom it shows, or is kept for; undefined while it is free. */
  host: HostPlace | undefined;
  /** Whether the host sends something of this kind that the viewer has a decoder for. */
  canShow(host: HostPlace): boolean;
}

/**
 * Gives hosts to the slots of one viewer and one kind. With as many slots as hosts, each host has its own and keeps it,
 * also for a while after it has gone; with fewer, those who speak are shown, and the others stay as long as their slots
 * are not needed: nobody's picture moves without need.
 * @param hosts in their order; the first that is there is the main host
 * @param speaker the active speaker, if it is there
 * @param partners slots of the other kind, given away already: a host gets the one of the same index if it can
 * @returns whether anything has changed
 */
export function assignSlots(
  slots: readonly Slot[],
  hosts: readonly HostPlace[],
  speaker: HostPlace | undefined,
  partners: readonly Slot[],
): boolean {
  const wanted = choose(slots, hosts, speaker);
  let changed = false;
  for (const slot of slots) {
    const { host } = slot;
    const isKept = host !== undefined && (wanted.includes(host) || (isAway(host) && hosts.includes(host)));
    if (host === undefined || isKept) continue;
    slot.host = undefined;
    changed = true;
  }
  for (const host of wanted) {
    if (slots.some((slot) => slot.host === host)) continue;
    const beside = partners.findIndex((partner) => partner.host === host);
    const slot = vacancy(slots, beside);
    if (slot === undefined) continue;
    slot.host = host;
    changed = true;
  }
  return changed;
}

/** The hosts that are to be shown. */
function choose(slots: readonly Slot[], hosts: readonly HostPlace[], speaker: HostPlace | undefined): HostPlace[] {
  const there = hosts.filter((host) => !isAway(host));
  if (there.length <= slots.length) return there;
  const showable = there.filter((host) => slots.some((slot) => slot.canShow(host)));
  const shown = showable
    .filter((host) => slots.some((slot) => slot.host === host))
    .toSorted((a, b) => b.spokeUs - a.spokeUs);
  const speaking = showable.filter((host) => host === speaker);
  // With one slot the speaker has it, with more the main host is among those shown whoever speaks.
  const main = slots.length > 1 ? showable.slice(0, 1) : [];
  return [...new Set([...main, ...speaking, ...shown, ...showable])].slice(0, slots.length);
}

/** A slot to be had: a free one before one that is kept for somebody who is away. */
function vacancy(slots: readonly Slot[], preferred: number): Slot | undefined {
  const slot = slots[preferred];
  if (slot !== undefined && (slot.host === undefined || isAway(slot.host))) return slot;
  return slots.find(({ host }) => host === undefined) ?? slots.find(({ host }) => host !== undefined && isAway(host));
}

function isAway({ publisher }: HostPlace): boolean {
  return publisher === undefined;
}
