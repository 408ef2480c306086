import { viewerReportSchema } from '@bitbasel/protocol';
import type { FastifyInstance } from 'fastify';
import type { RoomRegistry } from '../rooms/room-registry.ts';
import { validate } from '../validation.ts';
import { ofSession, open, requireFit } from './access.ts';
import { allowOtherSites, answerOptions } from './sdp-exchange.ts';

interface SessionRoute {
  Params: { session: string };
}

/** What stands below a WHEP session's URL and takes JSON. */
export async function whepSessionRoutes(app: FastifyInstance, { rooms }: { rooms: RoomRegistry }): Promise<void> {
  allowOtherSites(app);
  const session = '/whep/sessions/:session';

  app.options(`${session}/report`, { config: { access: open } }, async (_request, reply) =>
    answerOptions(reply, 'POST, OPTIONS', json),
  );
  const config = { access: ofSession, limit: 'session_changes' } as const;
  app.post<SessionRoute>(`${session}/report`, { config }, async ({ params, body, access }, reply) => {
    const viewer = rooms.session(params.session, 'viewer');
    requireFit(access, viewer);
    viewer.addReport(validate(viewerReportSchema, body));
    return reply.code(204).send();
  });
}

const json = 'application/json';
