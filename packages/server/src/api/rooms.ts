import { createRoomSchema, type RoomInfo, type RoomQuality } from '@bitbasel/protocol';
import type { FastifyInstance } from 'fastify';
import type { RoomRegistry } from '../rooms/room-registry.ts';
import { validate } from '../validation.ts';
import { inRoom, inSomeRoom } from './access.ts';

interface RoomRoute {
  Params: { room: string };
}

/** Dialect B: rooms under ids that the caller chooses. */
export async function roomRoutes(app: FastifyInstance, { rooms }: { rooms: RoomRegistry }): Promise<void> {
  app.get(
    '/rooms',
    { config: { access: inSomeRoom('manage') } },
    async ({ access }): Promise<{ rooms: RoomInfo[] }> => {
      const shown = rooms.list().filter(({ id }) => access.may('manage', id));
      return { rooms: shown.map((room) => room.info()) };
    },
  );

  const creates = { access: inSomeRoom('manage'), limit: 'rooms' } as const;
  app.post('/rooms', { config: creates }, async (request, reply): Promise<RoomInfo> => {
    const { room_id, post_id, owner, settings } = validate(createRoomSchema, request.body);
    request.access.require(['manage'], room_id);
    const room = rooms.create({ roomId: room_id, postId: post_id, owner, settings });
    // 201 the second time too: a caller that repeats a lost call sees the answer it has missed.
    reply.code(201);
    return room.info();
  });

  const everyGrant = { access: inRoom('manage', 'publish', 'watch') };
  app.get<RoomRoute>(
    '/rooms/:room',
    { config: everyGrant },
    async ({ params }): Promise<RoomInfo> => rooms.get(params.room).info(),
  );

  app.get<RoomRoute>(
    '/rooms/:room/quality',
    { config: { access: inRoom('manage') } },
    async ({ params }): Promise<RoomQuality> => rooms.get(params.room).quality(),
  );

  app.delete<RoomRoute>(
    '/rooms/:room',
    { config: { access: inRoom('manage'), limit: 'rooms' } },
    async ({ params }) => {
      rooms.stop(params.room);
      return { status: 'stopped', room_id: params.room };
    },
  );
}
