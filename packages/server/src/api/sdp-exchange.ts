import { maxSdpLength } from '@bitbasel/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Gatekeeper } from '../auth/gatekeeper.ts';
import { acceptAnswer, acceptCandidates, type Negotiated } from '../rooms/negotiation.ts';
import type { RoomRegistry } from '../rooms/room-registry.ts';
import type { Role } from '../rooms/session.ts';
import { ofSession, open, renewByToken, requireFit } from './access.ts';
import { descriptionOf, sdp, sdpFragment, takeDescriptions } from './content-types.ts';
import {
  iceServerLinks,
  protocolOf,
  type SessionProtocol,
  sessionUrl,
  whepExtensionLinks,
} from './session-resource.ts';

export interface SdpExchangeOptions {
  readonly rooms: RoomRegistry;
  readonly gatekeeper: Gatekeeper;
}

interface SessionRoute {
  Params: { session: string };
}

/** What WHIP and WHEP share: bodies that are session descriptions, and CORS, since players live on other sites. */
export function exchangeDescriptions(app: FastifyInstance): void {
  takeDescriptions(app, maxSdpLength);
  allowOtherSites(app);
}

/** CORS for every answer of these routes. */
export function allowOtherSites(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header(
      'access-control-expose-headers',
      'Location, ETag, Link, Retry-After, WWW-Authenticate, Bitbasel-Resume',
    );
  });
}

/** Answers a CORS preflight and tells what a POST takes; not of the ICE servers, whose credentials are not for all. */
export function answerOptions(reply: FastifyReply, methods: string, takes = sdp): FastifyReply {
  return reply
    .code(200)
    .header('accept-post', takes)
    .header('access-control-allow-methods', methods)
    .header('access-control-allow-headers', 'Content-Type, Authorization, If-Match')
    .header('access-control-max-age', 86_400)
    .send();
}

/** The 201 with the answer. No ETag: it would promise ICE restarts (RFC 9725, section 4.3.2). */
export function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  { session, sdp: answer }: Negotiated,
  rooms: RoomRegistry,
): FastifyReply {
  const url = sessionUrl(request, protocolOf(session.role), session.id);
  const iceLinks = iceServerLinks(rooms.iceServers(session.userId));
  const links = [...iceLinks, ...(session.role === 'viewer' ? whepExtensionLinks(url) : [])];
  if (links.length > 0) reply.header('link', links);
  return reply.code(201).header('location', url).type(sdp).send(answer);
}

/** The session as a resource of its own: ended by DELETE, given candidates or an awaited answer by PATCH. */
export function sessionRoutes(app: FastifyInstance, protocol: SessionProtocol, role: Role, rooms: RoomRegistry): void {
  const url = `/${protocol}/sessions/:session`;
  app.options(url, { config: { access: open } }, async (_request, reply) =>
    answerOptions(reply, 'PATCH, DELETE, OPTIONS'),
  );

  app.get<SessionRoute>(url, { config: { access: ofSession } }, async ({ params, access }, reply) => {
    requireFit(access, rooms.session(params.session, role));
    return reply.code(204).send();
  });

  const changes = { access: ofSession, limit: 'session_changes' } as const;
  app.delete<SessionRoute>(url, { config: changes }, async ({ params, access }, reply) => {
    const session = rooms.session(params.session, role);
    requireFit(access, session);
    session.close('left');
    return reply.code(200).send();
  });

  const config = { ...changes, contentTypes: [sdpFragment, sdp] };
  app.patch<SessionRoute>(url, { config }, async (request, reply) => {
    const session = rooms.session(request.params.session, role);
    requireFit(request.access, session);
    renewByToken(request.access, session);
    const { type, text } = descriptionOf(request);
    if (type === sdp) acceptAnswer(session, text);
    else acceptCandidates(session, text);
    return reply.code(204).send();
  });
}
