import {
  type LivestreamSession,
  livestreamAnswerSchema,
  livestreamEndSchema,
  livestreamJoinSchema,
  livestreamStartSchema,
  roomIdSchema,
} from '@bitbasel/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { acceptAnswer, answerOffer, makeOffer, type Negotiated } from '../rooms/negotiation.ts';
import type { Room } from '../rooms/room.ts';
import type { RoomRegistry } from '../rooms/room-registry.ts';
import { validate } from '../validation.ts';
import { protocolOf, sessionUrl } from './session-resource.ts';

export interface LivestreamOptions {
  readonly rooms: RoomRegistry;
}

type OfferBody = { sdp?: string | undefined; offer?: string | { sdp: string } | undefined };

function offerOf({ sdp, offer }: OfferBody): string | undefined {
  return sdp ?? (typeof offer === 'object' ? offer.sdp : offer);
}

/** The backend's livestream calls: a user has a livestream, and the room behind it is found by the user. */
export async function livestreamRoutes(app: FastifyInstance, { rooms }: LivestreamOptions): Promise<void> {
  function describe(
    request: FastifyRequest,
    room: Room,
    type: LivestreamSession['type'],
    { session, sdp }: Negotiated,
  ): LivestreamSession {
    return {
      room_id: room.id,
      post_id: room.postId,
      session_id: session.id,
      type,
      sdp,
      resource_url: sessionUrl(request, protocolOf(session.role), session.id),
      ice_servers: rooms.iceServers(session.userId),
    };
  }

  app.post('/livestream/start', async (request): Promise<LivestreamSession> => {
    const body = validate(livestreamStartSchema, request.body);
    const { user_id, post_id, settings } = body;
    const roomId = body.room_id ?? (roomIdSchema.safeParse(user_id).success ? user_id : undefined);
    const peer = { kind: 'http', userId: user_id, takeover: body.takeover } as const;
    const offer = offerOf(body);
    return rooms.use(
      () => rooms.create({ roomId, owner: user_id, postId: post_id, settings }),
      (room) =>
        offer === undefined
          ? describe(request, room, 'offer', makeOffer(room, 'host', peer))
          : describe(request, room, 'answer', answerOffer(room, 'host', offer, peer)),
    );
  });

  app.post('/livestream/answer', async (request) => {
    const { session_id, sdp } = validate(livestreamAnswerSchema, request.body);
    acceptAnswer(rooms.session(session_id), sdp);
    return { status: 'accepted', session_id };
  });

  app.post<{ Params: { user: string } }>('/livestream/:user/join', async (request): Promise<LivestreamSession> => {
    const body = validate(livestreamJoinSchema, request.body);
    const room = rooms.getByUser(request.params.user);
    const peer = { kind: 'http', userId: body.viewer_id ?? null } as const;
    // The schema asks for an offer in one of its forms.
    return describe(request, room, 'answer', answerOffer(room, 'viewer', offerOf(body) ?? '', peer));
  });

  app.post('/livestream/end', async (request) => {
    const { room_id, user_id } = validate(livestreamEndSchema, request.body);
    const room = room_id === undefined ? rooms.getByUser(user_id ?? '') : rooms.get(room_id);
    rooms.stop(room.id);
    return { status: 'stopped', room_id: room.id };
  });
}
