import type { FastifyInstance } from 'fastify';
import { answerOffer } from '../rooms/negotiation.ts';
import { descriptionOf, sdp } from './content-types.ts';
import {
  answerOptions,
  exchangeDescriptions,
  type SdpExchangeOptions,
  sendAnswer,
  sessionRoutes,
} from './sdp-exchange.ts';

/** WHEP (draft-ietf-wish-whep): a viewer watches with one POST of its offer. */
export async function whepRoutes(app: FastifyInstance, { rooms }: SdpExchangeOptions): Promise<void> {
  exchangeDescriptions(app);
  const url = '/whep/:room';
  app.options(url, async (_request, reply) => answerOptions(reply, 'POST, HEAD, OPTIONS'));
  app.head(url, async (_request, reply) => reply.code(200).type(sdp).send());

  app.post<{ Params: { room: string } }>(url, { config: { contentTypes: [sdp] } }, async (request, reply) => {
    const { text } = descriptionOf(request);
    const room = rooms.get(request.params.room);
    return sendAnswer(request, reply, answerOffer(room, 'viewer', text, { kind: 'http', userId: null }), rooms);
  });

  sessionRoutes(app, 'whep', 'viewer', rooms);
}
