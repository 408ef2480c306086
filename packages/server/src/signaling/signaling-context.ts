import type { Gatekeeper } from '../auth/gatekeeper.ts';
import type { Config } from '../config/schema.ts';
import type { Logger } from '../logger.ts';
import type { RateLimits } from '../rate-limits/rate-limits.ts';
import type { Clock } from '../rooms/clock.ts';
import type { RoomRegistry } from '../rooms/room-registry.ts';

/** What all signaling peers share. */
export interface SignalingContext {
  readonly config: Config;
  readonly rooms: RoomRegistry;
  readonly gatekeeper: Gatekeeper;
  readonly rateLimits: RateLimits;
  readonly clock: Clock;
  readonly logger: Logger;
}
