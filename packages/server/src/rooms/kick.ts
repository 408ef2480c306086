import type { Credential } from '../auth/credential.ts';
import { AppError } from '../errors.ts';
import type { Room } from './room.ts';

/** Whoever keeps those out that were kicked. */
export interface Revoker {
  revoke(credential: Credential, roomId: string): void;
}

/**
 * Ends a session and keeps what it came with out of the room from now on, the others that the same token has opened here too.
 * @param sessionId public: of a media session, or of a member of the chat
 * @throws AppError session_not_found
 */
export function kick(room: Room, sessionId: string, revoker: Revoker): void {
  const session = room.sessions.find(({ publicId }) => publicId === sessionId);
  const [member] = room.chat.find({ sessionId });
  if (session === undefined && member === undefined)
    throw new AppError('session_not_found', 'There is no such session in the room.');
  const shown = session?.credentials ?? (member?.credential ? [member.credential] : []);
  for (const credential of shown) revoker.revoke(credential, room.id);
  for (const other of room.chat.members)
    if (other === member || isSameBearer(other.credential ? [other.credential] : [], shown)) other.kick();
  for (const other of room.sessions)
    if (other === session || isSameBearer(other.credentials, shown)) other.close('kicked');
}

function isSameBearer(ones: readonly Credential[], kicked: readonly Credential[]): boolean {
  return ones.some((one) => kicked.some((other) => isSame(one, other)));
}

function isSame(one: Credential, kicked: Credential): boolean {
  if (kicked.tokenId !== null) return one.tokenId === kicked.tokenId;
  return kicked.subject === null ? one.digest === kicked.digest : one.subject === kicked.subject;
}
