import type { Publisher } from './publisher.ts';
import { SpeechMeter } from './speaker/speech-meter.ts';

/** How long the place of a host that has gone is kept for its return. */
const keptUs = 15_000_000;

/** One host of the room, also for a while after its connection has gone. */
export interface HostPlace {
  /** Who it is; the same when it comes back. */
  readonly id: string;
  /** Undefined while it is away. */
  publisher: Publisher | undefined;
  /** Since when it is away; -1 while it is there, or before the first tick without it. */
  awaySinceUs: number;
  readonly speech: SpeechMeter;
  /** When it last became the active speaker; -1 for never. */
  spokeUs: number;
}

/** The hosts of a room, in the order in which they came: the first that is there is the main host. */
export class Lineup {
  readonly #places: HostPlace[] = [];

  get places(): readonly HostPlace[] {
    return this.#places;
  }

  /** Those who are there. */
  get present(): HostPlace[] {
    return this.#places.filter(({ publisher }) => publisher !== undefined);
  }

  find(id: string): HostPlace | undefined {
    return this.#places.find((place) => place.id === id);
  }

  /** Gives a host its place: the one it had, if it is still kept. Its publisher is put there by the caller. */
  enter(id: string): HostPlace {
    const known = this.find(id);
    if (known !== undefined) {
      known.awaySinceUs = -1;
      return known;
    }
    const place = { id, publisher: undefined, awaySinceUs: -1, spokeUs: -1, speech: new SpeechMeter() };
    this.#places.push(place);
    return place;
  }

  /** The place of this publisher, which is kept for a while; undefined where it has been taken over. */
  leave(publisher: Publisher): HostPlace | undefined {
    const place = this.#places.find((candidate) => candidate.publisher === publisher);
    if (place !== undefined) place.publisher = undefined;
    return place;
  }

  /** Gives up the places of those who have not come back. @returns whether there were any */
  expire(nowUs: number): boolean {
    const before = this.#places.length;
    for (let index = before - 1; index >= 0; index -= 1) {
      const place = this.#places[index];
      if (place === undefined || place.publisher !== undefined) continue;
      if (place.awaySinceUs < 0) place.awaySinceUs = nowUs;
      if (nowUs - place.awaySinceUs >= keptUs) this.#places.splice(index, 1);
    }
    return this.#places.length < before;
  }
}
