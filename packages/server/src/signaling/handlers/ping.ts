import type { MessageOf } from '../dispatch.ts';
import type { SignalingPeer } from '../signaling-peer.ts';

/** The client measures the round trip, and its clock against the one of our sender reports. */
export function handlePing(peer: SignalingPeer, { id }: MessageOf<'ping'>): void {
  peer.send({ type: 'pong', ...(id !== undefined && { id }), server_time_ms: peer.serverTimeMs });
}
