import type { SignalingPeer } from '../signaling-peer.ts';

export function handleLeave(peer: SignalingPeer): void {
  peer.send({ type: 'left', session_id: peer.leave() });
  peer.close();
}
