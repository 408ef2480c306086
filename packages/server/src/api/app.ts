import staticFiles from '@fastify/static';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Gatekeeper } from '../auth/gatekeeper.ts';
import type { Config } from '../config/schema.ts';
import { AppError } from '../errors.ts';
import type { HistoryService } from '../events/history-service.ts';
import type { Logger } from '../logger.ts';
import type { RateLimits } from '../rate-limits/rate-limits.ts';
import type { RoomRegistry } from '../rooms/room-registry.ts';
import { type DeclaredRoute, guardRoutes } from './access.ts';
import type { BrowserRoots } from './browser-files.ts';
import { chatRoutes } from './chat.ts';
import { takeJson } from './content-types.ts';
import { allowOrigins } from './cors.ts';
import { docRoutes } from './docs.ts';
import { eventRoutes } from './events.ts';
import { healthRoutes, type ReadinessCheck } from './health.ts';
import { historyRoutes } from './history.ts';
import { iceServerRoutes } from './ice-servers.ts';
import { legacyRoomRoutes } from './legacy-rooms.ts';
import { livestreamRoutes } from './livestream.ts';
import { type MetricsSource, metricsRoutes } from './metrics.ts';
import { pageRoutes } from './pages.ts';
import { answerError, refuseOtherMethods } from './problems.ts';
import { roomSessionRoutes } from './room-sessions.ts';
import { roomRoutes } from './rooms.ts';
import { sendSecurityHeaders } from './security-headers.ts';
import { statsRoutes } from './stats.ts';
import { ticketRoutes } from './tickets.ts';
import { whepRoutes } from './whep.ts';
import { whepSessionRoutes } from './whep-session.ts';
import { whipRoutes } from './whip.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Methods by URL pattern, of all routes that do something. */
    routeTable: ReadonlyMap<string, ReadonlySet<string>>;
  }
}

/** Longest JSON body taken; a livestream call may hold a description of 64 KiB, whose line ends JSON doubles. */
const maxBodyBytes = 256 * 1024;

export interface AppOptions {
  readonly config: Config;
  readonly rooms: RoomRegistry;
  readonly records: HistoryService;
  readonly gatekeeper: Gatekeeper;
  readonly rateLimits: RateLimits;
  readonly logger: Logger;
  readonly roots: BrowserRoots;
  /** Default: none are served. */
  readonly metrics?: MetricsSource | undefined;
  /** What `/health/ready` asks, by name. */
  readonly readiness?: Readonly<Record<string, ReadinessCheck>>;
}

export type App = FastifyInstance & { readonly declaredRoutes: readonly DeclaredRoute[] };

/** The whole HTTP side, bound to no port yet. */
export async function buildApp({
  config,
  rooms,
  records,
  gatekeeper,
  rateLimits,
  logger,
  roots,
  metrics,
  readiness = {},
}: AppOptions): Promise<App> {
  const loggerInstance: FastifyBaseLogger = logger;
  const app: FastifyInstance = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    // One proxy: what is further left in X-Forwarded-For is the client's own word.
    trustProxy: config.server.trust_proxy && ((_address, hop) => hop === 0),
    // Room ids of 128 characters, each perhaps percent-encoded.
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply);
    },
  });
  takeJson(app);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) =>
    answerError(
      new AppError('not_found', `There is no ${request.method} ${request.url.split('?')[0]}.`),
      request,
      reply,
    ),
  );
  sendSecurityHeaders(app);
  allowOrigins(app, config.cors.origins);

  // A room that was made or stopped stays so, whatever happens to the server once its caller has the answer.
  app.addHook('onSend', async ({ method }) => {
    if (method === 'POST' || method === 'DELETE') await records.settled();
  });

  const declaredRoutes = guardRoutes(app, { gatekeeper, rateLimits, rooms });
  const routes = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = routes.get(url) ?? new Set();
    routes.set(url, methods);
    for (const name of [method].flat()) methods.add(name);
  });
  // Gives replies `sendFile`.
  await app.register(staticFiles, { serve: false, root: roots.web, cacheControl: false });
  await app.register(healthRoutes, { records, checks: readiness });
  await app.register(eventRoutes, { events: records.events });
  await app.register(historyRoutes, { history: records.history });
  await app.register(statsRoutes, { rooms });
  if (metrics !== undefined) await app.register(metricsRoutes, { metrics });
  await app.register(legacyRoomRoutes, { rooms });
  await app.register(roomRoutes, { rooms });
  await app.register(chatRoutes, { rooms });
  await app.register(livestreamRoutes, { rooms, gatekeeper });
  await app.register(iceServerRoutes, { rooms });
  await app.register(whipRoutes, { rooms, gatekeeper });
  await app.register(whepRoutes, { rooms, gatekeeper });
  await app.register(whepSessionRoutes, { rooms });
  await app.register(roomSessionRoutes, { rooms, gatekeeper });
  await app.register(ticketRoutes, { gatekeeper });
  await app.register(docRoutes, { roots });
  await app.register(pageRoutes, { roots });
  const table = new Map(Array.from(routes, ([url, methods]) => [url, new Set(methods)]));
  app.decorate('routeTable', table);
  const served = [...declaredRoutes];
  refuseOtherMethods(app, table);
  await app.ready();
  return Object.assign(app, { declaredRoutes: served });
}
