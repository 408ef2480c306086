import type { MessageOf } from '../dispatch.ts';
import type { SignalingPeer } from '../signaling-peer.ts';

export function handleChatRemove(peer: SignalingPeer, { message_id, request_id }: MessageOf<'chat-remove'>): void {
  peer.joinChat().remove(message_id);
  peer.acknowledge(request_id, message_id);
}
