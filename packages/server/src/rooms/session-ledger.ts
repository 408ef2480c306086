import { AppError } from '../errors.ts';
import { type LifecycleSink, limitHit } from './lifecycle.ts';
import type { Session } from './session.ts';
import { addTotals, noTotals, type SessionTotals } from './session-totals.ts';

/** Every open session of the server, the limit on them, and what the closed ones have moved. */
export class SessionLedger {
  readonly #maxSessions: number;
  readonly #events: LifecycleSink;
  readonly #byId = new Map<string, Session>();
  readonly #closed = noTotals();
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(maxSessions: number, events: LifecycleSink) {
    this.#maxSessions = maxSessions;
    this.#events = events;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): Session | undefined {
    return this.#byId.get(id);
  }

  get isDraining(): boolean {
    return this.#drained !== undefined;
  }

  /** Takes no more sessions. Resolves when those that are there have ended. Idempotent. */
  drain(): Promise<void> {
    this.#drained ??= Promise.withResolvers();
    this.#tellDrained();
    return this.#drained.promise;
  }

  #tellDrained(): void {
    if (this.#byId.size === 0) this.#drained?.resolve();
  }

  /** @throws AppError */
  requireOpen(): void {
    if (!this.isDraining) return;
    throw new AppError('draining', 'This server is about to end, and takes no new rooms and sessions.', {
      retryAfterSeconds: 5,
    });
  }

  /** @throws AppError draining, server_full; pending sessions count too, or a burst of offers would pass the limit */
  requirePlace(): void {
    this.requireOpen();
    if (this.#byId.size < this.#maxSessions) return;
    const detail = `The server takes at most ${this.#maxSessions} connections.`;
    const error = new AppError('server_full', detail, { retryAfterSeconds: 10 });
    throw limitHit(this.#events, 'connections', null, error);
  }

  add(session: Session): void {
    this.#byId.set(session.id, session);
  }

  remove(session: Session): void {
    if (this.#byId.get(session.id) !== session) return;
    this.#byId.delete(session.id);
    addTotals(this.#closed, session);
    this.#tellDrained();
  }

  /** Since the start, closed sessions included; a total never goes down. */
  totals(): SessionTotals {
    const totals = { ...this.#closed };
    for (const session of this.#byId.values()) addTotals(totals, session);
    return totals;
  }
}
