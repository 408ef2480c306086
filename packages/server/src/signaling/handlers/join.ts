import type { MessageOf } from '../dispatch.ts';
import type { SignalingPeer } from '../signaling-peer.ts';

export function handleJoin(peer: SignalingPeer, message: MessageOf<'join'>): void {
  // `broadcaster` is the documents' word for the host.
  const role = message.role === 'viewer' ? 'viewer' : 'host';
  peer.enter(role, message.user_id ?? null, message.takeover, message.name);
  if (message.chat) peer.joinChat();
  if (message.offer === 'server') peer.requestOffer();
  else if (message.sdp !== undefined && !peer.offersForMore(message.slots ?? 1)) peer.negotiate(message.sdp);
}
