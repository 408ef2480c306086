import type { Grant } from '@bitbasel/protocol';
import { AppError } from '../errors.ts';
import type { Credential, QualityCaps } from './credential.ts';
import { matchesRoom } from './grants.ts';
import type { ResumePlace } from './resume-places.ts';
import type { Revocations } from './revocations.ts';

const noCaps: QualityCaps = {};

/** What the maker of one call, or of one WebSocket, may do. */
export class Access {
  /** Null for a caller without a token. */
  readonly credential: Credential | null;
  /** Where the caller came with a resume secret: the place that it comes back to. */
  readonly place: ResumePlace | undefined;
  readonly #revocations: Revocations | undefined;

  private constructor(credential: Credential | null, revocations?: Revocations, place?: ResumePlace) {
    this.credential = credential;
    this.#revocations = revocations;
    this.place = place;
  }

  /** May do everything: nothing that tokens could be checked with is configured. */
  static readonly open = new Access(null);

  /** @param credential null for a caller that showed none */
  static of(credential: Credential | null, revocations: Revocations, place?: ResumePlace): Access {
    return new Access(credential, revocations, place);
  }

  /** No tokens are asked for here. */
  get isOpen(): boolean {
    return this.#revocations === undefined;
  }

  get caps(): QualityCaps {
    return this.credential?.caps ?? noCaps;
  }

  /** Whom rate limits count this as; null for anybody. */
  get identity(): string | null {
    return this.credential?.subject ?? null;
  }

  may(grant: Grant, roomId: string): boolean {
    return this.isOpen || this.#refusal([grant], roomId) === undefined;
  }

  /** One of the grants in this room. @throws AppError of 401 without a good token, of 403 with one that is for else */
  require(grants: readonly Grant[], roomId: string): void {
    const refusal = this.#refusal(grants, roomId);
    if (refusal !== undefined) throw refusal;
  }

  /** One of the grants in some room, which is looked at later. @throws AppError */
  requireSomewhere(grants: readonly Grant[]): void {
    const refusal = this.#refusal(grants, undefined);
    if (refusal !== undefined) throw refusal;
  }

  /** One of the grants in every room that there may be. @throws AppError */
  requireEverywhere(grants: readonly Grant[]): void {
    this.requireSomewhere(grants);
    if (!this.isOpen && this.credential?.rooms !== '*') throw forbidden();
  }

  /**
   * Who the caller is: as its token says. One that manages the room may speak for others.
   * @throws AppError forbidden where it says it is somebody else
   */
  userId(claimed: string | null | undefined, roomId: string): string | null {
    const { identity } = this;
    if (identity === null) return claimed ?? null;
    if (claimed === undefined || claimed === null || claimed === identity) return identity;
    if (this.may('manage', roomId)) return claimed;
    throw new AppError('forbidden', 'The token is for another user than the one that is named.');
  }

  #refusal(grants: readonly Grant[], roomId: string | undefined): AppError | undefined {
    const { credential } = this;
    if (this.#revocations === undefined) return undefined;
    if (credential === null) return new AppError('unauthorized', 'Send a token, as Authorization: Bearer.');
    if (this.#revocations.isTokenRevoked(credential))
      return new AppError('token_revoked', 'This token has been revoked. Ask for another.');
    if (!grants.some((grant) => credential.grants.includes(grant))) return forbidden();
    if (roomId === undefined) return undefined;
    if (!matchesRoom(credential.rooms, roomId)) return forbidden();
    if (this.#revocations.isIdentityRevoked(credential, roomId))
      return new AppError('kicked', 'This user has been removed from the room.');
    return undefined;
  }
}

/** The same words whatever the reason, and whether or not there is such a room. */
export function forbidden(): AppError {
  return new AppError('forbidden', 'The token does not allow this.');
}
