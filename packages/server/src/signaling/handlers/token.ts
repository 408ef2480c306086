import type { MessageOf } from '../dispatch.ts';
import type { SignalingPeer } from '../signaling-peer.ts';

export function handleToken(peer: SignalingPeer, { token }: MessageOf<'token'>): void {
  peer.renew(token);
}
