import type { Redis } from 'ioredis';
import type { Logger } from '../logger.ts';

/**
 * A connection that is tried again and again, and says once that it is gone, and once that it is back. Its library is
 * loaded here alone: most servers have no Redis.
 */
export async function connectRedis(url: string, logger: Logger): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    // Who asks while it is away is answered from memory, and not kept waiting.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    commandTimeout: 1000,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2000),
  });
  let isAway = false;
  redis.on('error', (error: Error) => {
    if (isAway) return;
    isAway = true;
    // Not the error itself: it carries the command that failed, and that of signing in has the password.
    logger.warn({ reason: error.message }, 'Redis is away: rate limits are counted by this server alone');
  });
  redis.on('ready', () => {
    if (isAway) logger.info('Redis is back: rate limits are counted together again');
    isAway = false;
  });
  return redis;
}
