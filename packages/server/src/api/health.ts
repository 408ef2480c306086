import type { Health, HistoryHealth, Readiness } from '@bitbasel/protocol';
import type { FastifyInstance } from 'fastify';
import { version } from '../version.ts';

import { open } from './access.ts';

/** Something that must hold for the server to be given new rooms and sessions. Returns what is wrong, if anything is. */
export type ReadinessCheck = () => string | undefined | Promise<string | undefined>;

export interface HealthOptions {
  readonly records: { health(): HistoryHealth };
  /** By name, as `/health/ready` shows them. */
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
}

/** Healthy even where the history cannot be written: rooms go on without it, and a restart would not mend it. */
export async function healthRoutes(app: FastifyInstance, { records, checks }: HealthOptions): Promise<void> {
  const config = { config: { access: open } };
  app.get(
    '/health',
    config,
    async (): Promise<Health> => ({ status: 'healthy', service: 'media_server', version, history: records.health() }),
  );

  app.get('/health/live', config, async () => ({ status: 'live' }));

  app.get('/health/ready', config, async (_request, reply): Promise<Readiness> => {
    const faults = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await faultOf(check)]));
    const isReady = faults.every(([, fault]) => fault === undefined);
    reply.code(isReady ? 200 : 503).header('cache-control', 'no-store');
    return {
      status: isReady ? 'ready' : 'not_ready',
      checks: Object.fromEntries(
        faults.map(([name, detail]) => [name, { ok: detail === undefined, ...(detail !== undefined && { detail }) }]),
      ),
    };
  });
}

/** A check that breaks tells no less than one that fails. */
async function faultOf(check: ReadinessCheck): Promise<string | undefined> {
  try {
    return await check();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
