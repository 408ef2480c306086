import { AppError } from '../../errors.ts';
import { roleOfOffer } from '../../rooms/negotiation.ts';
import type { Role } from '../../rooms/session.ts';
import type { MessageOf } from '../dispatch.ts';
import type { SignalingPeer } from '../signaling-peer.ts';

export function handleOffer(peer: SignalingPeer, message: MessageOf<'offer'>): void {
  const wanted = message.role && (message.role === 'viewer' ? 'viewer' : 'host');
  if (peer.role === undefined) {
    peer.enter(wanted ?? roleOfOffer(message.sdp), message.user_id ?? null);
    peer.negotiate(message.sdp);
    return;
  }
  requireRole(peer.role, wanted);
  // Kept until somebody is live: the client is told, as it gets no answer now.
  if (!peer.negotiate(message.sdp)) peer.sendRoomState();
}

function requireRole(joined: Role, wanted: Role | undefined): void {
  if (wanted !== undefined && wanted !== joined)
    throw new AppError('bad_message', `Joined as ${joined}: a ${wanted} needs a WebSocket of its own.`);
}
