import type { Redis } from 'ioredis';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Config } from '../config/schema.ts';
import { AppError } from '../errors.ts';
import { CountingWindow } from './counting-window.ts';

/** Counted together with other servers where there is Redis. */
const sharedKinds = ['rooms', 'publishes', 'joins', 'session_changes', 'connects'] as const;
/** Counted by each server alone. */
const localKinds = ['messages', 'requests', 'chats', 'chats_per_address', 'reactions'] as const;

export type RateLimitKind = (typeof sharedKinds)[number];
export type LocalLimitKind = (typeof localKinds)[number];

export interface RateLimitsOptions {
  readonly limits: Config['rate_limits'];
  /** Undefined: everything is counted in memory. */
  readonly redis?: Redis | undefined;
  readonly nowMs: () => number;
  /** Told that a limit was hit, at most once a second for each kind. */
  onHit?(kind: RateLimitKind | LocalLimitKind): void;
}

const windowSeconds = 60;
const tellEveryMs = 1000;

/** How often callers may do what. Every key that a call counts under, address or identity, has the whole limit. */
export class RateLimits {
  readonly #options: RateLimitsOptions;
  readonly #shared = new Map<RateLimitKind, RateLimiterAbstract>();
  readonly #local = new Map<LocalLimitKind, CountingWindow>();
  readonly #toldMs = new Map<string, number>();

  constructor(options: RateLimitsOptions) {
    this.#options = options;
    const { limits, redis, nowMs } = options;
    for (const kind of sharedKinds) {
      const points = limits[`${kind}_per_minute`];
      if (points !== false) this.#shared.set(kind, createLimiter(kind, points, redis));
    }
    for (const kind of localKinds) {
      const most = limits[`${kind}_per_minute`];
      if (most !== false) this.#local.set(kind, new CountingWindow(most, nowMs));
    }
  }

  /** @throws AppError rate_limited */
  async consume(kind: RateLimitKind, keys: readonly string[]): Promise<void> {
    const limiter = this.#shared.get(kind);
    if (limiter === undefined) return;
    for (const key of keys) {
      try {
        await limiter.consume(key);
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        throw this.#refusal(kind, error.msBeforeNext);
      }
    }
  }

  /** At once, and by this server alone. @throws AppError rate_limited */
  consumeHere(kind: LocalLimitKind, keys: readonly string[]): void {
    const window = this.#local.get(kind);
    if (window === undefined) return;
    for (const key of keys) {
      const waitMs = window.take(key);
      if (waitMs > 0) throw this.#refusal(kind, waitMs);
    }
  }

  #refusal(kind: RateLimitKind | LocalLimitKind, waitMs: number): AppError {
    const nowMs = this.#options.nowMs();
    if (nowMs - (this.#toldMs.get(kind) ?? Number.NEGATIVE_INFINITY) >= tellEveryMs) {
      this.#toldMs.set(kind, nowMs);
      this.#options.onHit?.(kind);
    }
    // The library counts by the machine's clock: one that was set back would make it hours.
    const retryAfterSeconds = Math.min(windowSeconds, Math.max(1, Math.ceil(waitMs / 1000)));
    return new AppError('rate_limited', `Too many of these calls. Try again in ${retryAfterSeconds} s.`, {
      retryAfterSeconds,
    });
  }
}

function createLimiter(kind: RateLimitKind, points: number, redis: Redis | undefined): RateLimiterAbstract {
  const options = { keyPrefix: `bitbasel:${kind}`, points, duration: windowSeconds };
  if (redis === undefined) return new RateLimiterMemory(options);
  return new RateLimiterRedis({
    ...options,
    storeClient: redis,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(options),
  });
}
