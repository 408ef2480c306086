import type { Credential } from '../auth/credential.ts';
import type { ResumePlace, ResumePlaces } from '../auth/resume-places.ts';

/** The place that a peer comes back to when it is cut off: kept while the peer is there, and for a while after. */
export class HeldPlace {
  readonly #places: ResumePlaces;
  readonly #place: ResumePlace;
  readonly #leave: () => void;
  #isHeld = true;

  /** @param onTaken called once, when another connection has come with this place's secret */
  constructor(places: ResumePlaces, place: ResumePlace, onTaken: () => void) {
    this.#places = places;
    this.#place = place;
    this.#leave = () => {
      this.#isHeld = false;
      onTaken();
    };
    places.enter(place, this.#leave);
  }

  /** From now on it is kept by this credential. */
  renew(credential: Credential): void {
    if (this.#isHeld) this.#places.renew(this.#place, credential);
  }

  /** The peer is gone: kept for its return where it was cut off, else given up. Idempotent. */
  end(wasCutOff: boolean): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    if (wasCutOff) this.#places.drop(this.#place, this.#leave);
    else this.#places.giveUp(this.#place, this.#leave);
  }
}
