import type { FastifyReply, FastifyRequest } from 'fastify';

/** Nothing inline and nothing from elsewhere; WebSockets are named since older Safari leaves them out of 'self'. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "connect-src 'self' ws: wss:",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

/** For everything that browsers load. Revalidated each time: a new version of the server shows at the next load. */
export async function setPageHeaders(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('content-security-policy', contentSecurityPolicy);
  reply.header('referrer-policy', 'no-referrer');
  reply.header('cache-control', 'no-cache');
}
