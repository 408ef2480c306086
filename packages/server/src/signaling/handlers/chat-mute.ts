import type { Target } from '../../rooms/chat/mutes.ts';
import type { MessageOf } from '../dispatch.ts';
import type { SignalingPeer } from '../signaling-peer.ts';

/** Of `chat-mute` and `chat-unmute`, which differ in this alone. */
export function handleChatMute(peer: SignalingPeer, message: MessageOf<'chat-mute' | 'chat-unmute'>): void {
  peer.joinChat().setMuted(targetOf(message), message.type === 'chat-mute');
  peer.acknowledge(message.request_id);
}

/** The schema lets exactly one of the two through. */
function targetOf({ identity, session_id = '' }: MessageOf<'chat-mute' | 'chat-unmute'>): Target {
  return identity === undefined ? { sessionId: session_id } : { identity };
}
