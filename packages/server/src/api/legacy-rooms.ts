import { type LegacyRoomStats, legacyCreateRoomSchema } from '@bitbasel/protocol';
import type { FastifyInstance } from 'fastify';
import type { RoomRegistry } from '../rooms/room-registry.ts';
import { validate } from '../validation.ts';
import { inRoom, inSomeRoom } from './access.ts';

interface RoomRoute {
  Params: { room: string };
}

/** Dialect A: rooms that belong to a post, under ids that the server makes. */
export async function legacyRoomRoutes(app: FastifyInstance, { rooms }: { rooms: RoomRegistry }): Promise<void> {
  const creates = { access: inSomeRoom('manage'), limit: 'rooms' } as const;
  app.post('/room/create', { config: creates }, async (request) => {
    const body = validate(legacyCreateRoomSchema, request.body);
    // The schema asks for one of the two.
    const postId = body.post_id ?? body.classroom_id ?? '';
    const room = rooms.use(
      () => rooms.createForPost(postId, body.host_user_id),
      (made) => {
        request.access.require(['manage'], made.id);
        return made;
      },
    );
    return { room_id: room.id, post_id: room.postId };
  });

  app.post<RoomRoute>(
    '/room/:room/stop',
    { config: { access: inRoom('manage'), limit: 'rooms' } },
    async ({ params }) => {
      rooms.stop(params.room);
      return { status: 'stopped', room_id: params.room };
    },
  );

  // The documents' own example asks for the statistics of the room that it has just stopped.
  app.get<RoomRoute>(
    '/room/:room/stats',
    { config: { access: inRoom('manage') } },
    async ({ params }): Promise<LegacyRoomStats> => {
      const { room_id, post_id, is_active, viewer_count, has_host } = rooms.infoOf(params.room);
      return { room_id, post_id, is_active, viewer_count, has_host };
    },
  );
}
