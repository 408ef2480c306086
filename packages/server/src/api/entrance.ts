import type { FastifyReply } from 'fastify';
import type { Access } from '../auth/access.ts';
import type { Credential } from '../auth/credential.ts';
import type { Gatekeeper } from '../auth/gatekeeper.ts';
import type { ResumePlace } from '../auth/resume-places.ts';
import { type CloseReason, isCutOff } from '../rooms/close-reason.ts';
import type { Negotiated } from '../rooms/negotiation.ts';
import type { Room } from '../rooms/room.ts';
import { grantOf, type Peer, type Role } from '../rooms/session.ts';

/** The header of the answer that holds the resume secret: a bearer token for the same call, should the peer be cut off. */
export const resumeHeader = 'bitbasel-resume';

/** Where in a room a caller by HTTP is to be, and what it may do there; who it is, the caller of this adds. */
export type Entrant = Pick<Peer, 'kind' | 'caps' | 'credentials' | 'observer'> & { readonly takeover: boolean };

/** Makes a session of a peer, and gives it its resume secret where tokens are asked for. */
export function enterByHttp(
  reply: FastifyReply,
  { resumePlaces }: Gatekeeper,
  access: Access,
  room: Room,
  role: Role,
  negotiate: (entrant: Entrant) => Negotiated,
): Negotiated {
  const { credential, caps } = access;
  if (credential === null) return negotiate({ kind: 'http', takeover: false, caps });
  const place: ResumePlace = access.place ?? resumePlaces.create(credential, grantOf(role), room.id);
  // A host's own session before makes way when this one is admitted; a viewer's would count twice until then.
  if (role === 'viewer') resumePlaces.vacate(place);
  let leave: (() => void) | undefined;
  const observer = {
    onConnected: () => {},
    onRenewed: (fresh: Credential) => resumePlaces.renew(place, fresh),
    onClosed: (reason: CloseReason) => {
      if (leave === undefined) return;
      if (isCutOff(reason)) resumePlaces.drop(place, leave);
      else resumePlaces.giveUp(place, leave);
    },
  };
  const takeover = access.place !== undefined;
  // Of one who merely manages, the token is the backend's and not the peer's: a kick of this peer must not revoke it, nor
  // end the sessions of others that it has begun.
  const credentials = access.may(grantOf(role), room.id) ? [credential] : [];
  const negotiated = negotiate({ kind: 'http', takeover, caps, credentials, observer });
  leave = () => negotiated.session.close('replaced');
  resumePlaces.enter(place, leave);
  reply.header(resumeHeader, place.secret);
  return negotiated;
}
