import type { Ticket } from '@bitbasel/protocol';
import type { FastifyInstance } from 'fastify';
import type { Gatekeeper } from '../auth/gatekeeper.ts';
import { inSomeRoom } from './access.ts';

/** For WebSocket and EventSource, which can set no header: a token has no place in a URL, a ticket for one use has. */
export async function ticketRoutes(app: FastifyInstance, { gatekeeper }: { gatekeeper: Gatekeeper }): Promise<void> {
  const config = { access: inSomeRoom('publish', 'watch', 'manage'), limit: 'connects' } as const;
  app.post('/tickets', { config }, async ({ access }, reply): Promise<Ticket> => {
    reply.code(201).header('cache-control', 'no-store');
    return { ticket: gatekeeper.tickets.issue(access), expires_in_seconds: gatekeeper.tickets.ttlSeconds };
  });
}
