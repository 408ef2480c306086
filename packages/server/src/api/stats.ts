import type { FastifyInstance } from 'fastify';
import type { RoomRegistry } from '../rooms/room-registry.ts';
import { inEveryRoom } from './access.ts';

export async function statsRoutes(app: FastifyInstance, { rooms }: { rooms: RoomRegistry }): Promise<void> {
  app.get('/stats', { config: { access: inEveryRoom('manage') } }, async () => rooms.stats());
}
