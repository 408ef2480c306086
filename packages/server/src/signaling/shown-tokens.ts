import type { Grant } from '@bitbasel/protocol';
import type { Access } from '../auth/access.ts';
import { type Credential, renewed } from '../auth/credential.ts';
import { AppError } from '../errors.ts';
import { isoTime } from '../rooms/clock.ts';
import type { SignalingContext } from './signaling-context.ts';

/** What a client may do in its room, by the token that it came with and those that it has shown since. */
export class ShownTokens {
  readonly #roomId: string;
  readonly #context: Pick<SignalingContext, 'gatekeeper' | 'clock'>;
  /** Undefined where the client may not come in. */
  #access: Access | undefined;
  #credentials: readonly Credential[];

  constructor(roomId: string, access: Access | undefined, context: Pick<SignalingContext, 'gatekeeper' | 'clock'>) {
    this.#roomId = roomId;
    this.#access = access;
    this.#credentials = access?.credential ? [access.credential] : [];
    this.#context = context;
  }

  /** Those that have not expired, the latest last. */
  get credentials(): readonly Credential[] {
    return this.#credentials;
  }

  get caps(): Access['caps'] | undefined {
    return this.#access?.caps;
  }

  /** When the latest expires; null where no tokens are asked for. */
  get expiresAt(): string | null {
    const latest = this.#credentials.at(-1);
    return latest === undefined ? null : isoTime(latest.expiresAtMs * 1000);
  }

  /** Asked each time: the client may have been kicked meanwhile. @throws AppError */
  require(grants: readonly Grant[]): Access {
    const access = this.#admitted();
    access.require(grants, this.#roomId);
    this.#context.gatekeeper.requireCurrent(access.credential);
    return access;
  }

  /**
   * Takes a fresh token of the same user, if it is a later one.
   * @returns the latest; undefined where no tokens are asked for
   * @throws AppError where it is not good for one of the grants; nothing has changed then
   */
  async renew(token: string, grants: readonly Grant[]): Promise<Credential | undefined> {
    const fresh = await this.#context.gatekeeper.renewalOf(this.#admitted(), token);
    fresh.require(grants, this.#roomId);
    if (fresh.credential === null) return undefined;
    this.#credentials = renewed(this.#credentials, fresh.credential, this.#context.clock.wallMs());
    if (this.#credentials.at(-1) === fresh.credential) this.#access = fresh;
    return this.#credentials.at(-1);
  }

  #admitted(): Access {
    if (this.#access === undefined) throw new AppError('unauthorized', 'This socket was not let in.');
    return this.#access;
  }
}
