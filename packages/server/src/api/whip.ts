import { roomIdSchema, whipQuerySchema } from '@bitbasel/protocol';
import type { FastifyInstance } from 'fastify';
import { answerOffer } from '../rooms/negotiation.ts';
import { validate } from '../validation.ts';
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

/** WHIP (RFC 9725): a host publishes with one POST of its offer. */
export async function whipRoutes(app: FastifyInstance, { rooms, gatekeeper }: SdpExchangeOptions): Promise<void> {
  exchangeDescriptions(app);
  const url = '/whip/:room';
  app.options(url, { config: { access: open } }, async (_request, reply) => answerOptions(reply, 'POST, GET, OPTIONS'));
  app.get(url, { config: { access: open } }, async (_request, reply) => reply.code(204).send());

  app.post<{ Params: { room: string } }>(
    url,
    { config: { contentTypes: [sdp], access: inRoom('publish'), limit: 'publishes' } },
    async (request, reply) => {
      const { text } = descriptionOf(request);
      const roomId = validate(roomIdSchema, request.params.room);
      const { takeover } = validate(whipQuerySchema, request.query);
      const userId = request.access.userId(null, roomId);
      const negotiated = rooms.use(
        () => rooms.openForHost(roomId, userId),
        (room) =>
          enterByHttp(reply, gatekeeper, request.access, room, 'host', (peer) =>
            answerOffer(room, 'host', text, { ...peer, userId, takeover: takeover || peer.takeover }),
          ),
      );
      return sendAnswer(request, reply, negotiated, rooms);
    },
  );

  sessionRoutes(app, 'whip', 'host', rooms);
}
