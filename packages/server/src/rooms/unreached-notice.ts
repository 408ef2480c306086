import type { PeerNotice } from '@bitbasel/protocol';
import type { Config } from '../config/schema.ts';
import type { LocalCandidate } from '../transport/transport.ts';

/** What a peer is told whose packets do not arrive. */
export function unreachedNotice(candidates: readonly LocalCandidate[], { turn, ice_servers }: Config): PeerNotice {
  const addresses = candidates.map(({ address, port }) => `${address} port ${port}`).join(', ');
  const hasTurn = turn.urls.length > 0 || ice_servers.some(({ urls }) => urls.some((url) => url.startsWith('turn')));
  const wayOut = hasTurn
    ? 'use the TURN servers that the server names, if need be with iceTransportPolicy "relay"'
    : 'try another network; whoever runs the server can offer a TURN server (turn.urls)';
  return {
    code: 'udp_blocked',
    detail: `Nothing of this peer has reached the server's media port: ${addresses}, UDP.`,
    advice: `A firewall may block UDP to it, or the address be one that is not reached from there. Allow it, or ${wayOut}.`,
  };
}
