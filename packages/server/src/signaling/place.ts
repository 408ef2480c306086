import type { Room } from '../rooms/room.ts';
import type { Role } from '../rooms/session.ts';

/** A client's part in its room. */
export interface Place {
  readonly room: Room;
  readonly role: Role;
  readonly userId: string | null;
  readonly takeover: boolean;
  /** As it says itself. */
  readonly name: string | null;
  readonly leave: () => void;
}
