import type { RoomInfo } from '@bitbasel/protocol';

const capacity = 1000;

/** How the rooms that ended last looked at their end, for backends that ask after a room they have stopped. */
export class EndedRooms {
  readonly #byId = new Map<string, RoomInfo>();

  add(room: RoomInfo): void {
    // A map keeps the order of insertion: a room that ends again is the newest again.
    this.#byId.delete(room.room_id);
    this.#byId.set(room.room_id, room);
    const [oldest] = this.#byId.keys();
    if (this.#byId.size > capacity && oldest !== undefined) this.#byId.delete(oldest);
  }

  get(roomId: string): RoomInfo | undefined {
    return this.#byId.get(roomId);
  }
}
