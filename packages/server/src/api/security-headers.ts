import type { FastifyInstance } from 'fastify';

const yearSeconds = 31_536_000;

/** For every answer; pages add their content security policy. */
export function sendSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    // Not on the player: others may show that in their pages.
    if (!request.url.startsWith('/watch/')) reply.header('x-frame-options', 'SAMEORIGIN');
    // RFC 6797, section 7.2: over TLS alone.
    if (request.protocol === 'https') reply.header('strict-transport-security', `max-age=${yearSeconds}`);
  });
}
