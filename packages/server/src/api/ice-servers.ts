import type { IceServer } from '@bitbasel/protocol';
import type { FastifyInstance } from 'fastify';
import type { RoomRegistry } from '../rooms/room-registry.ts';
import { inSomeRoom } from './access.ts';

/** For clients that want to know them before they make a connection, such as players of others' making. */
export async function iceServerRoutes(app: FastifyInstance, { rooms }: { rooms: RoomRegistry }): Promise<void> {
  const config = { access: inSomeRoom('watch', 'publish', 'manage') };
  app.get('/ice-servers', { config }, async ({ access }, reply): Promise<{ ice_servers: IceServer[] }> => {
    // Each answer has a credential of its own.
    reply.header('cache-control', 'no-store');
    return { ice_servers: rooms.iceServers(access.identity) };
  });
}
