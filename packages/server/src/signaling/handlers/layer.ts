import type { MessageOf } from '../dispatch.ts';
import type { SignalingPeer } from '../signaling-peer.ts';

/** Kept for media sessions to come, since a player measures itself before it is connected. */
export function handleLayer(peer: SignalingPeer, { type: _, ...wish }: MessageOf<'layer'>): void {
  peer.want(wish);
}
