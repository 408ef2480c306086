import { createRoomSchema, type RoomInfo, type RoomQuality } from '@bitbasel/protocol';
import type { FastifyInstance } from 'fastify';
import type { RoomRegistry } from '../rooms/room-registry.ts';
import { validate } from '../validation.ts';

interface RoomRoute {
  Params: { room: string };
}

/** Dialect B: rooms under ids that the caller chooses. */
export async function roomRoutes(app: FastifyInstance, { rooms }: { rooms: RoomRegistry }): Promise<void> {
  app.get('/rooms', async (): Promise<{ rooms: RoomInfo[] }> => ({ rooms: rooms.list().map((room) => room.info()) }));

  app.post('/rooms', async (request, reply): Promise<RoomInfo> => {
    const { room_id, post_id, owner, settings } = validate(createRoomSchema, request.body);
    const room = rooms.create({ roomId: room_id, postId: post_id, owner, settings });
    // 201 the second time too: a caller that repeats a lost call sees the answer it has missed.
    reply.code(201);
    return room.info();
  });

  app.get<RoomRoute>('/rooms/:room', async ({ params }): Promise<RoomInfo> => rooms.get(params.room).info());

  app.get<RoomRoute>(
    '/rooms/:room/quality',
    async ({ params }): Promise<RoomQuality> => rooms.get(params.room).quality(),
  );

  app.delete<RoomRoute>('/rooms/:room', async ({ params }) => {
    rooms.stop(params.room);
    return { status: 'stopped', room_id: params.room };
  });
}
