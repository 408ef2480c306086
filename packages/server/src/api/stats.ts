import type { FastifyInstance } from 'fastify';
import type { RoomRegistry } from '../rooms/room-registry.ts';

export async function statsRoutes(app: FastifyInstance, { rooms }: { rooms: RoomRegistry }): Promise<void> {
  app.get('/stats', async () => rooms.stats());
}
