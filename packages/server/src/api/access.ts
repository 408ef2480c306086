import type { Grant } from '@bitbasel/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Access } from '../auth/access.ts';
import type { Gatekeeper } from '../auth/gatekeeper.ts';
import { AppError } from '../errors.ts';
import { addressKey } from '../rate-limits/client-address.ts';
import type { RateLimitKind, RateLimits } from '../rate-limits/rate-limits.ts';
import type { RoomRegistry } from '../rooms/room-registry.ts';
import type { Session } from '../rooms/session.ts';

/** What the caller of a route must be allowed to do. Every route says it, in `config.access`. */
export type RouteAccess =
  /** Anybody may. */
  | { readonly kind: 'open' }
  /** Whoever knows the session's secret id may (RFC 9725, section 4.6); a token that comes along must be of it. */
  | { readonly kind: 'session' }
  /** In the room of the URL's `:room`. */
  | { readonly kind: 'room'; readonly grants: readonly Grant[] }
  /** In the room that the body or the handler names: the handler asks again, with the room. */
  | { readonly kind: 'some-room'; readonly grants: readonly Grant[] }
  /** In every room that there may be. */
  | { readonly kind: 'server'; readonly grants: readonly Grant[] };

export const open: RouteAccess = { kind: 'open' };
export const ofSession: RouteAccess = { kind: 'session' };
export const inRoom = (...grants: Grant[]): RouteAccess => ({ kind: 'room', grants });
export const inSomeRoom = (...grants: Grant[]): RouteAccess => ({ kind: 'some-room', grants });
export const inEveryRoom = (...grants: Grant[]): RouteAccess => ({ kind: 'server', grants });

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Required: a route without it ends the start. */
    access?: RouteAccess;
    /** The rate limit that calls of the route count for, besides that on all requests. */
    limit?: RateLimitKind;
  }
  interface FastifyRequest {
    access: Access;
  }
}

/** One route as it is served. */
export interface DeclaredRoute {
  readonly method: string;
  readonly url: string;
  readonly access: RouteAccess;
}

export interface GuardOptions {
  readonly gatekeeper: Gatekeeper;
  readonly rateLimits: RateLimits;
  readonly rooms: Pick<RoomRegistry, 'requireOpen'>;
}

/** The limits on calls that begin a session: a server that is about to end refuses those, whatever room they name. */
const beginning: ReadonlySet<RateLimitKind | undefined> = new Set(['publishes', 'joins'] as const);

/** Refuses calls that are too many, or not allowed, before their bodies are read. @returns what every route declares */
export function guardRoutes(
  app: FastifyInstance,
  { gatekeeper, rateLimits: limits, rooms }: GuardOptions,
): DeclaredRoute[] {
  const declared: DeclaredRoute[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    const access = config?.access;
    if (access === undefined)
      throw new Error(`${method} ${url} does not say what it asks of its caller: config.access`);
    for (const name of [method].flat()) declared.push({ method: name, url, access });
  });
  app.decorateRequest('access');
  app.addHook('onRequest', async (request) => {
    request.access = Access.open;
  });
  // After all onRequest hooks, so that a refusal has the headers of CORS, and before the body.
  app.addHook('preParsing', async (request) => {
    const { access = open, limit } = request.routeOptions.config;
    const address = addressKey(request.ip);
    limits.consumeHere('requests', [address]);
    if (limit !== undefined) await limits.consume(limit, [address]);
    if (beginning.has(limit)) rooms.requireOpen();
    if (access.kind === 'open') return;
    request.access = await gatekeeper.accessOf(shownBy(request));
    if (limit !== undefined && request.access.identity !== null)
      await limits.consume(limit, [`user ${request.access.identity}`]);
    requireDeclared(request, access);
  });
  return declared;
}

function shownBy({ headers: { authorization }, method, query }: FastifyRequest) {
  if (authorization !== undefined) return { bearer: bearerOf(authorization) };
  // EventSource can set no header.
  const ticket = method === 'GET' && typeof query === 'object' && query !== null && 'ticket' in query && query.ticket;
  return typeof ticket === 'string' ? { ticket } : {};
}

/** @throws AppError where it is another scheme, or none */
function bearerOf(authorization: string): string {
  const [, token] = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization) ?? [];
  if (token === undefined) throw new AppError('invalid_token', 'Authorization must be: Bearer, a space, the token.');
  return token;
}

function requireDeclared(request: FastifyRequest, access: RouteAccess): void {
  switch (access.kind) {
    case 'room':
      request.access.require(access.grants, roomParameter(request));
      break;
    case 'some-room':
      request.access.requireSomewhere(access.grants);
      break;
    case 'server':
      request.access.requireEverywhere(access.grants);
      break;
  }
}

function roomParameter({ params }: FastifyRequest): string {
  return typeof params === 'object' && params !== null && 'room' in params ? String(params.room) : '';
}

/** For routes of sessions. @throws AppError forbidden where a token came along that is not of this session */
export function requireFit(access: Access, session: Session): void {
  if (access.isOpen || access.credential === null) return;
  const { digest } = access.credential;
  const isOwn = session.credentials.some((credential) => credential.digest === digest);
  if (!isOwn) access.require([session.role === 'host' ? 'publish' : 'watch', 'manage'], session.roomId);
}

/** A later token that comes along prolongs the session, if it is its own bearer's and good for being there. */
export function renewByToken(access: Access, session: Session): void {
  const { credential, place } = access;
  if (credential === null || place !== undefined || credential.subject !== session.credential?.subject) return;
  if (access.may(session.role === 'host' ? 'publish' : 'watch', session.roomId)) session.renew(credential);
}
