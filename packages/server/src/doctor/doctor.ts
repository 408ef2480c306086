import type { Config } from '../config/schema.ts';
import { checkClock } from './checks/clock.ts';
import { checkHistory } from './checks/history.ts';
import { checkPorts } from './checks/ports.ts';
import { checkRedis } from './checks/redis.ts';
import { checkPeer, checkStun } from './checks/stun.ts';
import { checkTurn } from './checks/turn.ts';
import type { Finding } from './finding.ts';
import { checkLocally } from './local-checks.ts';

export interface DoctorOptions {
  /** `host:port` of who answers STUN there. */
  readonly peer?: string | undefined;
  readonly stun?: string | undefined;
  /** A URL of http, https or ntp. */
  readonly time?: string | undefined;
  /** For each question to another machine. */
  readonly timeoutMs?: number;
}

/** Everything that can be looked at before, or while, a server runs with this configuration. */
export async function examine(config: Config, options: DoctorOptions): Promise<Finding[]> {
  const { peer, stun, time, timeoutMs = 5000 } = options;
  const nowMs = Date.now();
  // The media port is taken for a moment by the first, and asked from by the last.
  const ports = await checkPorts(config);
  const asked = await Promise.all([
    checkTurn(config, nowMs, timeoutMs),
    checkRedis(config, timeoutMs),
    checkClock(config, time, timeoutMs),
    ...(stun === undefined ? [] : [checkStun(config, stun, timeoutMs)]),
    ...(peer === undefined ? [] : [checkPeer(peer, timeoutMs)]),
  ]);
  return [...checkLocally(config, nowMs), ...ports, checkHistory(config), ...asked.flat()];
}
