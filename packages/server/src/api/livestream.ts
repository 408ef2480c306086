import {
  type LivestreamSession,
  livestreamAnswerSchema,
  livestreamEndSchema,
  livestreamJoinSchema,
  livestreamStartSchema,
  roomIdSchema,
} from '@bitbasel/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Access } from '../auth/access.ts';
import type { Gatekeeper } from '../auth/gatekeeper.ts';
import { AppError } from '../errors.ts';
import { acceptAnswer, answerOffer, makeOffer, type Negotiated } from '../rooms/negotiation.ts';
import type { Room } from '../rooms/room.ts';
import type { RoomRegistry } from '../rooms/room-registry.ts';
import type { Role } from '../rooms/session.ts';
import { validate } from '../validation.ts';
import { inSomeRoom, ofSession, requireFit } from './access.ts';
import { enterByHttp } from './entrance.ts';
import { protocolOf, sessionUrl } from './session-resource.ts';

export interface LivestreamOptions {
  readonly rooms: RoomRegistry;
  readonly gatekeeper: Gatekeeper;
}

interface JoinRoute {
  Params: { user: string };
}

type OfferBody = { sdp?: string | undefined; offer?: string | { sdp: string } | undefined };

function offerOf({ sdp, offer }: OfferBody): string | undefined {
  return sdp ?? (typeof offer === 'object' ? offer.sdp : offer);
}

/** The backend's livestream calls: a user has a livestream, and the room behind it is found by the user. */
export async function livestreamRoutes(app: FastifyInstance, { rooms, gatekeeper }: LivestreamOptions): Promise<void> {
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

  const publishes = { access: inSomeRoom('publish', 'manage'), limit: 'publishes' } as const;
  app.post('/livestream/start', { config: publishes }, async (request, reply): Promise<LivestreamSession> => {
    const body = validate(livestreamStartSchema, request.body);
    const { user_id, post_id, settings } = body;
    const roomId = body.room_id ?? (roomIdSchema.safeParse(user_id).success ? user_id : undefined);
    if (roomId !== undefined) requireIn(request.access, 'host', roomId);
    const userId = request.access.userId(user_id, roomId ?? '');
    const offer = offerOf(body);
    return rooms.use(
      () => rooms.create({ roomId, owner: user_id, postId: post_id, settings }),
      (room) => {
        requireIn(request.access, 'host', room.id);
        const negotiated = enterByHttp(reply, gatekeeper, request.access, room, 'host', (entrant) => {
          const peer = { ...entrant, userId, takeover: body.takeover || entrant.takeover };
          return offer === undefined ? makeOffer(room, 'host', peer) : answerOffer(room, 'host', offer, peer);
        });
        return describe(request, room, offer === undefined ? 'offer' : 'answer', negotiated);
      },
    );
  });

  const answers = { access: ofSession, limit: 'session_changes' } as const;
  app.post('/livestream/answer', { config: answers }, async (request) => {
    const { session_id, sdp } = validate(livestreamAnswerSchema, request.body);
    const session = rooms.session(session_id);
    requireFit(request.access, session);
    acceptAnswer(session, sdp);
    return { status: 'accepted', session_id };
  });

  const joins = { access: inSomeRoom('watch', 'manage'), limit: 'joins' } as const;
  app.post<JoinRoute>(
    '/livestream/:user/join',
    { config: joins },
    async (request, reply): Promise<LivestreamSession> => {
      const body = validate(livestreamJoinSchema, request.body);
      await rooms.turns.next();
      const room = roomOfUser(rooms, request.access, 'viewer', request.params.user);
      const userId = request.access.userId(body.viewer_id, room.id);
      const negotiated = enterByHttp(reply, gatekeeper, request.access, room, 'viewer', (entrant) =>
        // The schema asks for an offer in one of its forms.
        answerOffer(room, 'viewer', offerOf(body) ?? '', { ...entrant, userId }),
      );
      return describe(request, room, 'answer', negotiated);
    },
  );

  app.post('/livestream/end', { config: { ...publishes, limit: 'rooms' } }, async (request) => {
    const { room_id, user_id } = validate(livestreamEndSchema, request.body);
    if (room_id !== undefined) requireIn(request.access, 'host', room_id);
    const room = room_id === undefined ? roomOfUser(rooms, request.access, 'host', user_id ?? '') : rooms.get(room_id);
    rooms.stop(room.id);
    return { status: 'stopped', room_id: room.id };
  });
}

/** These are the backend's calls too, which manages. @throws AppError forbidden */
function requireIn(access: Access, role: Role, roomId: string): void {
  access.require([role === 'host' ? 'publish' : 'watch', 'manage'], roomId);
}

/** That a user has no room is only said to those who might enter a room of the user's name. @throws AppError */
function roomOfUser(rooms: RoomRegistry, access: Access, role: Role, userId: string): Room {
  const room = rooms.findByUser(userId);
  if (room !== undefined && isAllowed(() => requireIn(access, role, room.id))) return room;
  requireIn(access, role, userId);
  throw new AppError('room_not_found', `User ${userId} has no room.`);
}

function isAllowed(require: () => void): boolean {
  try {
    require();
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
