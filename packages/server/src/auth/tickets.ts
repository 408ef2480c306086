import { createHash, randomBytes } from 'node:crypto';
import type { Access } from './access.ts';

/** Short-lived stand-ins for tokens, each for one use: a URL that is logged on its way gives nothing away. */
export class Tickets {
  readonly #ttlMs: number;
  readonly #nowMs: () => number;
  readonly #byDigest = new Map<string, { access: Access; untilMs: number }>();

  constructor(ttlMs: number, nowMs: () => number) {
    this.#ttlMs = ttlMs;
    this.#nowMs = nowMs;
  }

  get ttlSeconds(): number {
    return this.#ttlMs / 1000;
  }

  issue(access: Access): string {
    const nowMs = this.#nowMs();
    // All live equally long, so the oldest stand first.
    for (const [digest, { untilMs }] of this.#byDigest) {
      if (untilMs > nowMs) break;
      this.#byDigest.delete(digest);
    }
    const ticket = randomBytes(24).toString('base64url');
    this.#byDigest.set(digestOf(ticket), { access, untilMs: nowMs + this.#ttlMs });
    return ticket;
  }

  /** What the ticket stands for; undefined where it is unknown, used or too old. */
  redeem(ticket: string): Access | undefined {
    const digest = digestOf(ticket);
    const kept = this.#byDigest.get(digest);
    this.#byDigest.delete(digest);
    return kept !== undefined && kept.untilMs > this.#nowMs() ? kept.access : undefined;
  }
}

function digestOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('base64');
}
