import type { FastifyInstance } from 'fastify';
import type { Gatekeeper } from '../auth/gatekeeper.ts';
import { AppError } from '../errors.ts';
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
    const kicked = room.sessions.find(({ publicId }) => publicId === params.session);
    if (kicked === undefined) throw new AppError('session_not_found', 'There is no such session in the room.');
    if (kicked.credential !== undefined) gatekeeper.revoke(kicked.credential, room.id);
    // The others that the same token has opened here are kept out as well.
    for (const session of room.sessions)
      if (session === kicked || isSameBearer(session.credential, kicked.credential)) session.close('kicked');
    return { status: 'kicked', session_id: kicked.publicId };
  });
}

type Bearer = { tokenId: string | null; subject: string | null; digest: string } | undefined;

function isSameBearer(one: Bearer, other: Bearer): boolean {
  if (one === undefined || other === undefined) return false;
  if (other.tokenId !== null) return one.tokenId === other.tokenId;
  return other.subject === null ? one.digest === other.digest : one.subject === other.subject;
}
