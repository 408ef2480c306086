import type { MessageOf } from '../dispatch.ts';
import type { SignalingPeer } from '../signaling-peer.ts';

export function handleKick(peer: SignalingPeer, { session_id, request_id }: MessageOf<'kick'>): void {
  peer.joinChat().kickOther(session_id);
  peer.acknowledge(request_id);
}
