import { viewerReportSchema, whepEventsSchema, whepLayerSchema } from '@bitbasel/protocol';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';
import { wishOfWhep } from '../rooms/layer-wish.ts';
import type { RoomRegistry } from '../rooms/room-registry.ts';
import { validate } from '../validation.ts';
import { ofSession, open, requireFit } from './access.ts';
import { allowOtherSites, answerOptions } from './sdp-exchange.ts';
import { sessionUrl } from './session-resource.ts';
import { WhepEventStreams } from './whep-events.ts';

interface SessionRoute {
  Params: { session: string };
}

interface StreamRoute {
  Params: { session: string; stream: string };
}

const json = 'application/json';
const session = '/whep/sessions/:session';
const config = { access: ofSession, limit: 'session_changes' } as const;

/** What stands below a WHEP session's URL and takes JSON: reports, layer selection, server-sent events. */
export async function whepSessionRoutes(app: FastifyInstance, { rooms }: { rooms: RoomRegistry }): Promise<void> {
  allowOtherSites(app);

  app.options(`${session}/report`, { config: { access: open } }, async (_request, reply) =>
    answerOptions(reply, 'POST, OPTIONS', json),
  );
  app.post<SessionRoute>(`${session}/report`, { config }, async ({ params, body, access }, reply) => {
    const viewer = rooms.session(params.session, 'viewer');
    requireFit(access, viewer);
    viewer.addReport(validate(viewerReportSchema, body));
    return reply.code(204).send();
  });

  app.options(`${session}/layer`, { config: { access: open } }, async (_request, reply) =>
    answerOptions(reply, 'POST, OPTIONS', json),
  );
  app.post<SessionRoute>(`${session}/layer`, { config }, async ({ params, body, access }, reply) => {
    const viewer = rooms.session(params.session, 'viewer');
    requireFit(access, viewer);
    const choice = validate(whepLayerSchema, body);
    const wish = wishOfWhep(choice);
    const { mediaId } = choice;
    if (mediaId !== undefined && mediaId !== viewer.videoMid)
      throw new AppError('layer_not_available', `Media ${mediaId} is no video of this session.`);
    rooms.roomOf(viewer).requireLayer(wish.caps.rid);
    viewer.want(wish);
    return reply.code(200).send();
  });

  eventRoutes(app, rooms, new WhepEventStreams());
}

function eventRoutes(app: FastifyInstance, rooms: RoomRegistry, streams: WhepEventStreams): void {
  const events = `${session}/sse`;
  app.options(events, { config: { access: open } }, async (_request, reply) =>
    answerOptions(reply, 'POST, OPTIONS', json),
  );
  app.post<SessionRoute>(events, { config }, async (request, reply) => {
    const viewer = rooms.session(request.params.session, 'viewer');
    requireFit(request.access, viewer);
    const id = streams.create(viewer, rooms.roomOf(viewer), validate(whepEventsSchema, request.body ?? undefined));
    return reply
      .code(201)
      .header('location', `${sessionUrl(request, 'whep', viewer.id)}/sse/${id}`)
      .send();
  });

  const stream = `${events}/:stream`;
  app.options(stream, { config: { access: open } }, async (_request, reply) =>
    answerOptions(reply, 'GET, DELETE, OPTIONS', json),
  );
  app.get<StreamRoute>(stream, { exposeHeadRoute: false, config }, async ({ params, access }, reply) => {
    requireFit(access, rooms.session(params.session, 'viewer'));
    const found = streams.get(params.session, params.stream);
    const headers = { ...reply.getHeaders(), 'content-type': 'text/event-stream', 'cache-control': 'no-store' };
    reply.hijack();
    reply.raw.writeHead(200, headers as Record<string, string>);
    found.attach(reply.raw);
    return reply;
  });
  app.delete<StreamRoute>(stream, { config }, async ({ params, access }, reply) => {
    requireFit(access, rooms.session(params.session, 'viewer'));
    streams.delete(params.session, params.stream);
    return reply.code(200).send();
  });
}
