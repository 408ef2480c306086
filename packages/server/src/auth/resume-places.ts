import { createHash, randomBytes } from 'node:crypto';
import type { Grant } from '@bitbasel/protocol';
import { type Credential, chatStandingOf } from './credential.ts';

export const resumePrefix = 'resume_';

/** A peer's place in a room, to which its resume secret leads back. One session is in it at a time. */
export interface ResumePlace {
  readonly secret: string;
  readonly credential: Credential;
  readonly roomId: string;
}

interface Kept {
  place: ResumePlace;
  /** Ends the session that is in it. */
  leave: (() => void) | undefined;
  /** Until when the place is kept for one that was cut off. */
  untilMs: number;
}

/** The places of all peers, those that are taken and those that are kept for a while for who was cut off. */
export class ResumePlaces {
  readonly #graceMs: number;
  readonly #nowMs: () => number;
  /** By a digest of the secret, so that looking one up takes no longer the nearer a guess is. */
  readonly #byDigest = new Map<string, Kept>();
  #pruneAtMs = 0;

  constructor(graceMs: number, nowMs: () => number) {
    this.#graceMs = graceMs;
    this.#nowMs = nowMs;
  }

  /** A new place, with 256 bits of secret, that allows `grant` in this room alone. Taken with `enter`. */
  create(credential: Credential, grant: Grant, roomId: string): ResumePlace {
    this.#prune();
    const secret = resumePrefix + randomBytes(32).toString('base64url');
    const chat = chatStandingOf(credential);
    return { secret, roomId, credential: { ...credential, grants: [grant], rooms: roomId, chat } };
  }

  /** The place that a secret leads to; undefined where there is none, or not any more. */
  find(secret: string): ResumePlace | undefined {
    const kept = this.#byDigest.get(digestOf(secret));
    return kept !== undefined && (kept.leave !== undefined || kept.untilMs > this.#nowMs()) ? kept.place : undefined;
  }

  /** Ends the session that is in the place, for the one that is to come. */
  vacate(place: ResumePlace): void {
    const kept = this.#byDigest.get(digestOf(place.secret));
    if (kept === undefined) return;
    const { leave } = kept;
    kept.leave = undefined;
    kept.untilMs = this.#nowMs() + this.#graceMs;
    leave?.();
  }

  /** @param leave ends the session that takes the place, once another comes back to it */
  enter(place: ResumePlace, leave: () => void): void {
    this.vacate(place);
    this.#byDigest.set(digestOf(place.secret), { place, leave, untilMs: 0 });
  }

  /** The session in the place has been given a later token. */
  renew({ secret }: ResumePlace, credential: Credential): void {
    const kept = this.#byDigest.get(digestOf(secret));
    if (kept === undefined) return;
    const { grants, rooms } = kept.place.credential;
    kept.place = { ...kept.place, credential: { ...credential, grants, rooms } };
  }

  /** The session that `leave` would end has been cut off: the place is kept for a while. */
  drop(place: ResumePlace, leave: () => void): void {
    const kept = this.#byDigest.get(digestOf(place.secret));
    if (kept?.leave !== leave) return;
    kept.leave = undefined;
    kept.untilMs = this.#nowMs() + this.#graceMs;
  }

  /** The session that `leave` would end is over for good, and its secret with it. */
  giveUp(place: ResumePlace, leave: () => void): void {
    const digest = digestOf(place.secret);
    if (this.#byDigest.get(digest)?.leave === leave) this.#byDigest.delete(digest);
  }

  #prune(): void {
    const nowMs = this.#nowMs();
    if (nowMs < this.#pruneAtMs) return;
    this.#pruneAtMs = nowMs + this.#graceMs;
    for (const [digest, { leave, untilMs }] of this.#byDigest)
      if (leave === undefined && untilMs <= nowMs) this.#byDigest.delete(digest);
  }
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}
