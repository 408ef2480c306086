import type { FastifyInstance } from 'fastify';

export interface HealthOptions {
  readonly records: { health(): object };
}

/** Healthy even where the history cannot be written: rooms go on without it, and a restart would not mend it. */
export async function healthRoutes(app: FastifyInstance, { records }: HealthOptions): Promise<void> {
  app.get('/health', async () => ({ status: 'healthy', service: 'media_server', history: records.health() }));
}
