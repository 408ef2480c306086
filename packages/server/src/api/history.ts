import { historyRoomQuerySchema, historyRoomsQuerySchema, roomIdSchema } from '@bitbasel/protocol';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';
import type { History } from '../history/history.ts';
import { validate } from '../validation.ts';
import { inEveryRoom, inRoom } from './access.ts';

/** What has been: rooms and their sessions, ended and present ones. */
export async function historyRoutes(app: FastifyInstance, { history }: { history: History }): Promise<void> {
  app.get('/history/rooms', { config: { access: inEveryRoom('manage') } }, async (request) => {
    const { room_id, ...page } = validate(historyRoomsQuerySchema, request.query);
    return history.rooms(page, room_id);
  });

  const config = { access: inRoom('manage') };
  app.get<{ Params: { room: string } }>('/history/rooms/:room', { config }, async ({ params, query }) => {
    const { run_id, ...page } = validate(historyRoomQuerySchema, query);
    const roomId = validate(roomIdSchema, params.room);
    const found = await history.room(roomId, page, run_id);
    if (!found) throw new AppError('room_not_found', `The history has no room ${roomId}, or not this run of it.`);
    return found;
  });
}
