import { Counter, Histogram, type Registry } from 'prom-client';
import type { RoomTelemetry } from '../rooms/room-telemetry.ts';

const prefix = 'bitbasel_';
const connectBuckets = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 2, 5, 10, 15];

/** Counts what happens once, as it happens. Labels are roles and codes of our own: never ids. */
export function createEventMetrics(registry: Registry): RoomTelemetry {
  const registers = [registry];
  const joins = new Counter({
    name: `${prefix}joins_total`,
    help: 'Tries to get a media session, by outcome: ok, or the code of the error',
    labelNames: ['role', 'outcome'],
    registers,
  });
  const connects = new Histogram({
    name: `${prefix}connect_seconds`,
    help: 'From the offer to the media connection',
    labelNames: ['role'],
    buckets: connectBuckets,
    registers,
  });
  const unreached = new Counter({
    name: `${prefix}sessions_unreached_total`,
    help: 'Sessions of which nothing reached the media port within 5 s: UDP blocked, or a wrong public address',
    labelNames: ['role'],
    registers,
  });
  const firstFrames = new Histogram({
    name: `${prefix}first_frame_seconds`,
    help: 'From the start of the join to the first picture, as players report it',
    buckets: connectBuckets,
    registers,
  });
  const warnings = new Counter({
    name: `${prefix}stream_warnings_total`,
    help: 'Warnings raised about hosts streams',
    labelNames: ['code'],
    registers,
  });
  return {
    onJoin: (role, outcome) => joins.inc({ role, outcome }),
    onConnected: (role, connectUs) => connects.observe({ role }, connectUs / 1e6),
    onUnreached: (role) => unreached.inc({ role }),
    onFirstFrame: (firstFrameMs) => firstFrames.observe(firstFrameMs / 1000),
    onWarning: ({ code }) => warnings.inc({ code }),
  };
}
