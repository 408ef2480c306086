import type { MessageOf } from '../dispatch.ts';
import type { SignalingPeer } from '../signaling-peer.ts';

/** One that comes before the media session, or too soon after another, is dropped. */
export function handleReport(peer: SignalingPeer, { type: _, ...report }: MessageOf<'report'>): void {
  peer.viewerSession()?.addReport(report);
}
