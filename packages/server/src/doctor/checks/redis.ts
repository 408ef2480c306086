import { Redis } from 'ioredis';
import { withoutCredentials } from '../../config/hidden.ts';
import type { Config } from '../../config/schema.ts';
import { type Finding, findingsOf, reasonOf } from '../finding.ts';

const { ok, failed, skipped } = findingsOf('Redis');

export async function checkRedis({ rate_limits }: Pick<Config, 'rate_limits'>, timeoutMs: number): Promise<Finding> {
  const { redis_url: url } = rate_limits;
  if (url === undefined) return skipped('each server counts alone (rate_limits.redis_url)');
  const redis = new Redis(url, {
    ...{ lazyConnect: true, connectTimeout: timeoutMs, commandTimeout: timeoutMs, maxRetriesPerRequest: 0 },
    retryStrategy: () => null,
  });
  // The reason; what the commands fail with is only that the connection is closed.
  let reason: unknown;
  redis.on('error', (error: unknown) => {
    reason ??= error;
  });
  try {
    await redis.connect();
    await redis.ping();
    return ok(`${withoutCredentials(url)} answers`);
  } catch (error) {
    const advice =
      'See whether it runs, and rate_limits.redis_url with its password. Until then each server counts alone.';
    return failed(`${withoutCredentials(url)} cannot be used: ${reasonOf(reason ?? error)}`, advice);
  } finally {
    redis.disconnect();
  }
}
