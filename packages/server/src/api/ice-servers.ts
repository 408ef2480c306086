import type { IceServer } from '@bitbasel/protocol';
import type { FastifyInstance } from 'fastify';
import type { RoomRegistry } from '../rooms/room-registry.ts';

/** For clients that want to know them before they make a connection, such as players of others' making. */
export async function iceServerRoutes(app: FastifyInstance, { rooms }: { rooms: RoomRegistry }): Promise<void> {
  app.get('/ice-servers', async (_request, reply): Promise<{ ice_servers: IceServer[] }> => {
    // Each answer has a credential of its own.
    reply.header('cache-control', 'no-store');
    return { ice_servers: rooms.iceServers(null) };
  });
}
