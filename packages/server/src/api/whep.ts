import type { FastifyInstance } from 'fastify';
import { answerOffer } from '../rooms/negotiation.ts';
import { inRoom, open } from './access.ts';
import { descriptionOf, sdp } from './content-types.ts';
import { enterByHttp } from './entrance.ts';
import {
  answerOptions,
  exchangeDescriptions,
  type SdpExchangeOptions,
  sendAnswer,
  sessionRoutes,
} from './sdp-exchange.ts';

/** WHEP (draft-ietf-wish-whep): a viewer watches with one POST of its offer. */
export async function whepRoutes(app: FastifyInstance, { rooms, gatekeeper }: SdpExchangeOptions): Promise<void> {
  exchangeDescriptions(app);
  const url = '/whep/:room';
  app.options(url, { config: { access: open } }, async (_request, reply) =>
    answerOptions(reply, 'POST, HEAD, OPTIONS'),
  );
  app.head(url, { config: { access: open } }, async (_request, reply) => reply.code(200).type(sdp).send());

  const config = { contentTypes: [sdp], access: inRoom('watch'), limit: 'joins' } as const;
  app.post<{ Params: { room: string } }>(url, { config }, async (request, reply) => {
    const { text } = descriptionOf(request);
    await rooms.turns.next();
    const room = rooms.get(request.params.room);
    const userId = request.access.userId(null, room.id);
    const negotiated = enterByHttp(reply, gatekeeper, request.access, room, 'viewer', (peer) =>
      answerOffer(room, 'viewer', text, { ...peer, userId }),
    );
    return sendAnswer(request, reply, negotiated, rooms);
  });

  sessionRoutes(app, 'whep', 'viewer', rooms);
}
