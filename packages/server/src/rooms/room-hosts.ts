import type { HostInfo, HostWarning } from '@bitbasel/protocol';
import { AppError } from '../errors.ts';
import type { Publisher } from '../sfu/publisher.ts';
import { isoTime } from './clock.ts';
import type { Peer, Session } from './session.ts';
import { StreamWarnings } from './stream-warnings.ts';

/** Who asks for a place. */
export type Claim = Pick<Peer, 'userId' | 'takeover'>;

/** A host that has sent nothing for so long may be taken over by itself: its process, or its line, is gone. */
const takeoverSilenceUs = 2e6;

/** A user's name in the room's router. No user id is empty. */
export function hostIdOf(userId: string | null): string {
  return userId ?? '';
}

/** One host of a room. */
export interface RoomHost {
  readonly session: Session;
  readonly warnings: StreamWarnings;
}

/** The host sessions of a room: at most one of each user, and of those who did not say who they are. */
export class RoomHosts {
  readonly limit: number;
  /** In the order in which they came. */
  readonly #byUser = new Map<string | null, RoomHost>();

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Those whose media connection is not up yet included. */
  get all(): RoomHost[] {
    return [...this.#byUser.values()];
  }

  get size(): number {
    return this.#byUser.size;
  }

  /** Those whose media connection is up. */
  get connected(): RoomHost[] {
    return this.all.filter(({ session }) => session.connectedUs !== undefined);
  }

  /**
   * A host comes back while its old connection still counts as up, or moves to another device: the same user may. Another
   * one is a co-host, while there is place. Who has not connected yet has no place.
   * @throws AppError host_exists, host_busy
   */
  requirePlace({ userId, takeover = false }: Claim, nowUs: number): void {
    const own = this.#byUser.get(userId)?.session;
    if (own?.connectedUs === undefined) {
      if (this.connected.length >= this.limit) throw this.#full();
      return;
    }
    if (takeover || own.silentUs(nowUs) >= takeoverSilenceUs) return;
    throw new AppError(
      'host_busy',
      'This user publishes in this room already. Ask for takeover, or try again when that session has been silent for 2 s.',
      { retryAfterSeconds: 2 },
    );
  }

  #full(): AppError {
    const who = this.limit === 1 ? 'Somebody else publishes' : `${this.limit} others publish`;
    const most = this.limit === 1 ? 'one host' : `at most ${this.limit} hosts`;
    const detail = `${who} in this room, which takes ${most}. Stop a session of theirs, raise max_hosts, or use another room.`;
    return new AppError('host_exists', detail);
  }

  /** @returns the session that makes way: the same user's, or that of one who has not connected; still to be closed */
  displacedBy({ userId }: Claim): Session | undefined {
    const own = this.#byUser.get(userId);
    if (own !== undefined || this.#byUser.size < this.limit) return own?.session;
    return this.all.find(({ session }) => session.connectedUs === undefined)?.session;
  }

  add(session: Session): void {
    this.#byUser.set(session.userId, { session, warnings: new StreamWarnings() });
  }

  /** @returns the host that it was; undefined where another session has its place */
  remove(session: Session): RoomHost | undefined {
    const host = this.#byUser.get(session.userId);
    if (host?.session !== session) return undefined;
    this.#byUser.delete(session.userId);
    return host;
  }

  /** @param publishers the hosts' in the router, by its names for them, the main host's first */
  infos(publishers: ReadonlyMap<string, Publisher>): HostInfo[] {
    const connected = new Map(this.connected.map(({ session }) => [hostIdOf(session.userId), session]));
    const present = [...publishers].flatMap(([hostId, publisher]) => {
      const session = connected.get(hostId);
      return session === undefined ? [] : { session, publisher };
    });
    return present.map(({ session: { publicId, userId, connectedUs = 0 }, publisher: { tracks } }, index) => {
      const has = (kind: 'audio' | 'video') => tracks.some(({ parameters }) => parameters.kind === kind);
      return {
        session_id: publicId,
        user_id: userId,
        is_main: index === 0,
        live_since: isoTime(connectedUs),
        audio: has('audio'),
        video: has('video'),
      };
    });
  }

  get warnings(): HostWarning[] {
    return this.all.flatMap(({ session, warnings }) =>
      warnings.shown.map((warning) => ({ ...warning, user_id: session.userId })),
    );
  }
}
