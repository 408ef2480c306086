import { roomIdSchema } from '@bitbasel/protocol';
import type { FastifyInstance } from 'fastify';
import { answerOffer } from '../rooms/negotiation.ts';
import { validate } from '../validation.ts';
import { descriptionOf, sdp } from './content-types.ts';
import {
  answerOptions,
  exchangeDescriptions,
  type SdpExchangeOptions,
  sendAnswer,
  sessionRoutes,
} from './sdp-exchange.ts';

/** WHIP (RFC 9725): a host publishes with one POST of its offer. */
export async function whipRoutes(app: FastifyInstance, { rooms }: SdpExchangeOptions): Promise<void> {
  exchangeDescriptions(app);
  const url = '/whip/:room';
  app.options(url, async (_request, reply) => answerOptions(reply, 'POST, GET, OPTIONS'));
  app.get(url, async (_request, reply) => reply.code(204).send());

  app.post<{ Params: { room: string }; Querystring: { takeover?: string } }>(
    url,
    { config: { contentTypes: [sdp] } },
    async (request, reply) => {
      const { text } = descriptionOf(request);
      const roomId = validate(roomIdSchema, request.params.room);
      const takeover = request.query.takeover !== undefined;
      const negotiated = rooms.use(
        () => rooms.openForHost(roomId, null),
        (room) => answerOffer(room, 'host', text, { kind: 'http', userId: null, takeover }),
      );
      return sendAnswer(request, reply, negotiated, rooms);
    },
  );

  sessionRoutes(app, 'whip', 'host', rooms);
}
