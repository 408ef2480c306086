import type { HostInfo, HostView } from '@bitbasel/protocol';
import { hostIdOf } from '../rooms/room-hosts.ts';
import type { Session } from '../rooms/session.ts';

/** The hosts of a room as one peer sees them, told when they change for it. */
export class HostViews {
  #told = '[]';

  /**
   * Others' views change with every speaker, this one's perhaps not.
   * @returns undefined where they are as they were told last
   */
  update(hosts: readonly HostInfo[], slots: Session['slots']): HostView[] | undefined {
    const views = hosts.map((host) => viewOf(host, slots));
    const told = JSON.stringify(views);
    if (told === this.#told) return undefined;
    this.#told = told;
    return views;
  }
}

function viewOf(host: HostInfo, slots: Session['slots']): HostView {
  const midOf = (kind: 'audio' | 'video') =>
    slots.find((slot) => slot.kind === kind && slot.hostId === hostIdOf(host.user_id))?.mid ?? null;
  return { ...host, audio_mid: host.audio ? midOf('audio') : null, video_mid: host.video ? midOf('video') : null };
}
