import type { MessageOf } from '../dispatch.ts';
import type { SignalingPeer } from '../signaling-peer.ts';

export function handleChat(peer: SignalingPeer, { text, request_id }: MessageOf<'chat'>): void {
  const { id } = peer.joinChat().say(text);
  peer.acknowledge(request_id, id);
}
