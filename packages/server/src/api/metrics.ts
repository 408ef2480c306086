import type { FastifyInstance } from 'fastify';

/** Whoever knows the figures. */
export interface MetricsSource {
  readonly contentType: string;
  render(): Promise<string>;
}

/** For Prometheus. */
export async function metricsRoutes(app: FastifyInstance, { metrics }: { metrics: MetricsSource }): Promise<void> {
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.render()));
}
