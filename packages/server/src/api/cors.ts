import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/**
 * Open to every site unless the settings name some: WHIP and WHEP, which answer preflights themselves, and the browser SDK,
 * which pages load from here and whose scripts browsers ask for without any.
 */
const openPaths = /^\/(wh[ie]p|sdk)\//;

/** Lets the pages of the named sites call this server (`cors.origins`). No cookies are used, so `*` gives nothing away. */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    const isOpenPath = openPaths.test(request.url);
    const allowed = origins.length === 0 ? isOpenPath && '*' : allowedOrigin(request, origins);
    if (origins.length > 0) reply.header('vary', 'Origin');
    if (allowed === false) return;
    reply.header('access-control-allow-origin', allowed);
    if (isPreflight(request) && !isOpenPath) return answerPreflight(request, reply);
  });
}

function allowedOrigin({ headers }: FastifyRequest, origins: readonly string[]): string | false {
  if (origins.includes('*')) return '*';
  return headers.origin !== undefined && origins.includes(headers.origin) && headers.origin;
}

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

function answerPreflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(204)
    .header('access-control-allow-methods', request.headers['access-control-request-method'])
    .header('access-control-allow-headers', 'Content-Type, Authorization')
    .header('access-control-max-age', 86_400)
    .send();
}
