import type { MessageOf } from '../dispatch.ts';
import type { SignalingPeer } from '../signaling-peer.ts';

export function handleReaction(peer: SignalingPeer, { emoji, request_id }: MessageOf<'reaction'>): void {
  peer.joinChat().react(emoji);
  peer.acknowledge(request_id);
}
