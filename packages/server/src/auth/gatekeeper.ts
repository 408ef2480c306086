import { AppError } from '../errors.ts';
import { Access } from './access.ts';
import type { Credential } from './credential.ts';
import { ResumePlaces, resumePrefix } from './resume-places.ts';
import { type Revocation, Revocations } from './revocations.ts';
import { Tickets } from './tickets.ts';
import type { TokenVerifier } from './token-verifier.ts';

export interface Times {
  /** By a clock that never steps, for what this server has dated itself. */
  readonly nowMs: () => number;
  /** By the machine's clock, which may be set: for what tokens say. */
  readonly wallMs: () => number;
}

export interface GatekeeperOptions extends Times {
  /** Undefined: nothing is configured to check tokens with, and everybody may do everything. */
  readonly verifier: TokenVerifier | undefined;
  /** Sessions end with their tokens. */
  readonly endsOnExpiry: boolean;
  readonly resumeGraceMs: number;
  readonly ticketTtlMs: number;
  /** Told of who is kept out from now on. */
  readonly onRevoked?: (revocation: Revocation) => void;
}

/** What a caller shows. */
export interface Shown {
  /** A token or a resume secret. */
  readonly bearer?: string | undefined;
  readonly ticket?: string | undefined;
}

/** Longest token taken; headers end at 16 KiB anyway. */
const maxBearerLength = 8192;

/** Finds out who calls, and knows whom not to let in again. */
export class Gatekeeper {
  readonly resumePlaces: ResumePlaces;
  readonly tickets: Tickets;
  readonly #verifier: TokenVerifier | undefined;
  readonly #revocations: Revocations;
  readonly #endsOnExpiry: boolean;
  readonly #wallMs: () => number;

  constructor(options: GatekeeperOptions) {
    const { verifier, endsOnExpiry, resumeGraceMs, ticketTtlMs, nowMs, wallMs, onRevoked = () => {} } = options;
    this.#verifier = verifier;
    this.#endsOnExpiry = endsOnExpiry;
    this.#wallMs = wallMs;
    this.#revocations = new Revocations(wallMs, onRevoked);
    this.resumePlaces = new ResumePlaces(resumeGraceMs, nowMs);
    this.tickets = new Tickets(ticketTtlMs, nowMs);
  }

  /** Nothing is checked here. */
  get isOpen(): boolean {
    return this.#verifier === undefined;
  }

  /** @throws AppError of 401 where what is shown is not good; showing nothing is no error yet */
  async accessOf({ bearer, ticket }: Shown): Promise<Access> {
    if (this.#verifier === undefined) return Access.open;
    if (bearer !== undefined) return this.#accessOfBearer(bearer, this.#verifier);
    if (ticket === undefined) return Access.of(null, this.#revocations);
    const access = this.tickets.redeem(ticket);
    if (access === undefined) throw new AppError('invalid_token', 'The ticket is unknown, used or too old.');
    return access;
  }

  async #accessOfBearer(bearer: string, verifier: TokenVerifier): Promise<Access> {
    if (bearer.startsWith(resumePrefix)) {
      const place = this.resumePlaces.find(bearer);
      if (place === undefined)
        throw new AppError('resume_refused', 'The place is not kept any more. Come back with a token.');
      this.requireCurrent(place.credential);
      return Access.of(place.credential, this.#revocations, place);
    }
    if (bearer.length > maxBearerLength) throw new AppError('invalid_token', 'The token is too long.');
    return Access.of(await verifier.verify(bearer), this.#revocations);
  }

  /** For what begins by a token that was shown before. @throws AppError token_expired where sessions end with it */
  requireCurrent(credential: Credential | null): void {
    if (this.#endsOnExpiry && credential !== null && credential.expiresAtMs <= this.#wallMs())
      throw new AppError('token_expired', 'The token has expired meanwhile. Ask for another.');
  }

  /** What a fresh token allows to who came with another. @throws AppError where it is not good, or another user's */
  async renewalOf(access: Access, token: string): Promise<Access> {
    const fresh = await this.accessOf({ bearer: token });
    if (fresh.place !== undefined) throw new AppError('invalid_token', 'This is no token.');
    if (fresh.identity !== access.identity) throw new AppError('forbidden', 'The token is for another user.');
    return fresh;
  }

  /** Goes on keeping out whom the server before this one did. */
  restore(revocations: readonly Revocation[]): void {
    this.#revocations.restore(revocations);
  }

  /** Keeps out whoever came with this, until its token has expired. */
  revoke(credential: Credential, roomId: string): void {
    this.#revocations.revoke(credential, roomId);
  }
}
