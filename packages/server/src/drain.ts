import { setTimeout as delay } from 'node:timers/promises';
import type { ServerMessage } from '@bitbasel/protocol';
import type { Config } from './config/schema.ts';
import type { Logger } from './logger.ts';
import type { Role, Session } from './rooms/session.ts';

/** What the drain needs of the others. */
export interface DrainParts {
  readonly settings: Config['drain'];
  readonly rooms: {
    readonly sessionCount: number;
    readonly viewersByHttp: readonly Session[];
    drain(): Promise<void>;
  };
  readonly signaling: { readonly sockets: readonly DrainedSocket[] };
  readonly records: { flush(): Promise<void> };
  readonly logger: Logger;
}

/** A WebSocket whose peer is to go. */
export interface DrainedSocket {
  readonly roomId: string;
  readonly role: Role | undefined;
  send(message: ServerMessage): void;
}

/** So many viewers a second are no burden for the server that they go to. */
const viewersPerSecond = 100;

/** The end of a server in good order: whoever can be asked goes elsewhere, and the others have until the deadline. */
export class Drain {
  readonly #parts: DrainParts;
  readonly #cut = new AbortController();
  #done: Promise<void> | undefined;

  constructor(parts: DrainParts) {
    this.#parts = parts;
  }

  /** Resolves when all sessions have ended and events are told, or at the deadline, or when cut short. Idempotent. */
  run(): Promise<void> {
    this.#done ??= this.#run();
    return this.#done;
  }

  /** Waits no longer. */
  cutShort(): void {
    this.#cut.abort();
  }

  async #run(): Promise<void> {
    const { settings, rooms, records, logger } = this.#parts;
    const { sessionCount: sessions } = rooms;
    logger.info({ sessions, deadlineSeconds: settings.deadline_seconds }, 'draining');
    const gone = rooms.drain().then(() => records.flush());
    this.#askToReconnect();
    // An abort ends the wait as the deadline does.
    const deadline = delay(settings.deadline_seconds * 1000, undefined, { signal: this.#cut.signal }).catch(() => {});
    await Promise.race([gone, deadline]);
    this.#cut.abort();
    logger.info({ sessions: rooms.sessionCount }, 'drained');
  }

  /** Hosts go first, so that their viewers find them there. */
  #askToReconnect(): void {
    const { settings, rooms, signaling } = this.#parts;
    const { sockets } = signaling;
    const { viewersByHttp } = rooms;
    const viewers = sockets.filter(({ role }) => role !== 'host').length + viewersByHttp.length;
    const windowMs = 1000 * Math.min(settings.spread_seconds, viewers / viewersPerSecond);
    const base = settings.reconnect_url;
    for (const socket of sockets) {
      const retryAfterMs = socket.role === 'host' ? 0 : Math.round(Math.random() * windowMs);
      const url = base === undefined ? {} : { url: signalUrl(base, socket.roomId) };
      socket.send({ type: 'reconnect', reason: 'draining', retry_after_ms: retryAfterMs, ...url });
    }
    // The event of WHEP has no word for when, so it comes when it is time.
    for (const viewer of viewersByHttp) {
      const url = base === undefined ? undefined : urlBelow(base, `whep/${encodeURIComponent(viewer.roomId)}`).href;
      setTimeout(() => viewer.askToReconnect(url), Math.random() * windowMs).unref();
    }
  }
}

function urlBelow(base: string, path: string): URL {
  return new URL(path, base.endsWith('/') ? base : `${base}/`);
}

function signalUrl(base: string, roomId: string): string {
  const url = urlBelow(base, `signal/${encodeURIComponent(roomId)}`);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
