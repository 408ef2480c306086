import type { ClientMessage } from '@bitbasel/protocol';
import { handleAnswer } from './handlers/answer.ts';
import { handleChat } from './handlers/chat.ts';
import { handleChatMute } from './handlers/chat-mute.ts';
import { handleChatRemove } from './handlers/chat-remove.ts';
import { handleIceCandidate } from './handlers/ice-candidate.ts';
import { handleJoin } from './handlers/join.ts';
import { handleKick } from './handlers/kick.ts';
import { handleLayer } from './handlers/layer.ts';
import { handleLeave } from './handlers/leave.ts';
import { handleOffer } from './handlers/offer.ts';
import { handlePing } from './handlers/ping.ts';
import { handleReaction } from './handlers/reaction.ts';
import { handleReport } from './handlers/report.ts';
import { handleToken } from './handlers/token.ts';
import type { SignalingPeer } from './signaling-peer.ts';

export type MessageOf<Type extends ClientMessage['type']> = Extract<ClientMessage, { type: Type }>;

/** Hands a message to its handler. All but that of `token` finish at once, so the messages of a socket keep their order. */
export function dispatch(peer: SignalingPeer, message: ClientMessage): void {
  switch (message.type) {
    case 'join':
      handleJoin(peer, message);
      break;
    case 'offer':
      handleOffer(peer, message);
      break;
    case 'answer':
      handleAnswer(peer, message);
      break;
    case 'ice-candidate':
      handleIceCandidate();
      break;
    case 'report':
      handleReport(peer, message);
      break;
    case 'layer':
      handleLayer(peer, message);
      break;
    case 'chat':
      handleChat(peer, message);
      break;
    case 'reaction':
      handleReaction(peer, message);
      break;
    case 'chat-mute':
    case 'chat-unmute':
      handleChatMute(peer, message);
      break;
    case 'chat-remove':
      handleChatRemove(peer, message);
      break;
    case 'kick':
      handleKick(peer, message);
      break;
    case 'token':
      handleToken(peer, message);
      break;
    case 'leave':
      handleLeave(peer);
      break;
    case 'ping':
      handlePing(peer, message);
      break;
  }
}
