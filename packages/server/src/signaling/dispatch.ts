import type { ClientMessage } from '@bitbasel/protocol';
import { handleAnswer } from './handlers/answer.ts';
import { handleIceCandidate } from './handlers/ice-candidate.ts';
import { handleJoin } from './handlers/join.ts';
import { handleLayer } from './handlers/layer.ts';
import { handleLeave } from './handlers/leave.ts';
import { handleOffer } from './handlers/offer.ts';
import { handlePing } from './handlers/ping.ts';
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
