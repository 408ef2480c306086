import type { MessageOf } from '../dispatch.ts';
import type { SignalingPeer } from '../signaling-peer.ts';

export function handleAnswer(peer: SignalingPeer, message: MessageOf<'answer'>): void {
  peer.acceptAnswer(message.sdp);
}
