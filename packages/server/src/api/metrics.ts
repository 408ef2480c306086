import type { FastifyInstance } from 'fastify';
import { inEveryRoom } from './access.ts';

/** Whoever knows the figures. */
export interface MetricsSource {
  readonly contentType: string;
  render(): Promise<string>;
}

/** For Prometheus. */
export async function metricsRoutes(app: FastifyInstance, { metrics }: { metrics: MetricsSource }): Promise<void> {
  app.get('/metrics', { config: { access: inEveryRoom('manage') } }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.render()),
  );
}
