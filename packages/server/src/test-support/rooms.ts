import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { createGatekeeper } from '../auth/create-gatekeeper.ts';
import { configSchema } from '../config/schema.ts';
import { RateLimits } from '../rate-limits/rate-limits.ts';
import type { Clock } from '../rooms/clock.ts';
import { type LifecycleSink, nullLifecycleSink } from '../rooms/lifecycle.ts';
import { RoomRegistry } from '../rooms/room-registry.ts';
import { MemoryTransport } from './memory-transport.ts';

/** A clock that stands still until it is told otherwise. */
export class ManualClock implements Clock {
  #us = Date.parse('2026-01-01T00:00:00Z') * 1000;

  nowUs(): number {
    return this.#us;
  }

  wallMs(): number {
    return this.#us / 1000;
  }

  advance(seconds: number): void {
    this.#us += seconds * 1e6;
  }
}

function fixture(name: string): string {
  return readFileSync(new URL(`../sdp/fixtures/${name}.sdp`, import.meta.url), 'utf8');
}

/** What Chromium offers. */
export const offers = {
  host: fixture('chromium-publisher'),
  viewer: fixture('chromium-viewer'),
  h264Host: fixture('chromium-publisher-h264'),
} as const;

/** Rooms over a transport without a network, for tests. `settings` are as in the configuration file. */
export function testRooms(settings: object = {}, events: LifecycleSink = nullLifecycleSink) {
  const config = configSchema.parse(settings);
  const clock = new ManualClock();
  const transport = new MemoryTransport();
  const logger = pino({ level: 'silent' });
  let wakes = 0;
  const wake = () => {
    wakes += 1;
  };
  const rooms = new RoomRegistry({ config, transport, clock, logger, events, wake });
  const nowMs = () => clock.nowUs() / 1000;
  const gatekeeper = createGatekeeper(config, { nowMs, wallMs: nowMs });
  const rateLimits = new RateLimits({ limits: config.rate_limits, nowMs });
  return { gatekeeper, rateLimits, config, clock, transport, logger, rooms, wakes: () => wakes };
}
