import type { FastifyInstance } from 'fastify';
import type { Gatekeeper } from '../auth/gatekeeper.ts';
import { kick } from '../rooms/kick.ts';
import type { RoomRegistry } from '../rooms/room-registry.ts';
import { inRoom } from './access.ts';

interface RoomSessionRoute {
  Params: { room: string; session: string };
}

export interface RoomSessionOptions {
  readonly rooms: RoomRegistry;
  readonly gatekeeper: Gatekeeper;
}

/** The sessions in a room under their public ids, for whoever manages it. */
export async function roomSessionRoutes(
  app: FastifyInstance,
  { rooms, gatekeeper }: RoomSessionOptions,
): Promise<void> {
  const config = { access: inRoom('manage'), limit: 'session_changes' } as const;
  app.delete<RoomSessionRoute>('/rooms/:room/sessions/:session', { config }, async ({ params }) => {
    const room = rooms.get(params.room);
    kick(room, params.session, gatekeeper);
    return { status: 'kicked', session_id: params.session };
  });
}
