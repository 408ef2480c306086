import type { FastifyInstance } from 'fastify';
import { open } from './access.ts';

export async function healthRoutes(app: FastifyInstance): Promise<void> {
  app.get('/health', { config: { access: open } }, async () => ({ status: 'healthy', service: 'media_server' }));
}
