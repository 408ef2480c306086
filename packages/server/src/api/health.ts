import type { FastifyInstance } from 'fastify';
import { open } from './access.ts';

export interface HealthOptions {
  readonly records: { health(): object };
}

/** Healthy even where the history cannot be written: rooms go on without it, and a restart would not mend it. */
export async function healthRoutes(app: FastifyInstance, { records }: HealthOptions): Promise<void> {
  app.get('/health', { config: { access: open } }, async () => ({
    status: 'healthy',
    service: 'media_server',
    history: records.health(),
  }));
}
