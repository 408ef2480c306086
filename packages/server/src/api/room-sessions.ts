import type { FastifyInstance } from 'fastify';
import type { Credential } from '../auth/credential.ts';
import type { Gatekeeper } from '../auth/gatekeeper.ts';
import { AppError } from '../errors.ts';
import type { RoomRegistry } from '../rooms/room-registry.ts';
import type { Session } from '../rooms/session.ts';
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
    for (const credential of kicked.credentials) gatekeeper.revoke(credential, room.id);
    // The others that the same token has opened here are kept out as well.
    for (const session of room.sessions)
      if (session === kicked || isOfSameBearer(session, kicked)) session.close('kicked');
    return { status: 'kicked', session_id: kicked.publicId };
  });
}

function isOfSameBearer(one: Session, other: Session): boolean {
  return one.credentials.some((credential) => other.credentials.some((kicked) => isSame(credential, kicked)));
}

function isSame(one: Credential, kicked: Credential): boolean {
  if (kicked.tokenId !== null) return one.tokenId === kicked.tokenId;
  return kicked.subject === null ? one.digest === kicked.digest : one.subject === kicked.subject;
}
