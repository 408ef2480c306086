import { janus } from './janus/peer.ts';
import { liveKit } from './livekit/peer.ts';
import { mediaMtx } from './mediamtx/peer.ts';
import { ours } from './ours/peer.ts';
import type { Peer } from './peer.ts';
import { pion } from './pion/peer.ts';

/** By the name that the command line knows them by; ours first, since the others are compared with it. */
const peers: ReadonlyMap<string, Peer> = new Map([
  ['ours', ours],
  ['janus', janus],
  ['livekit', liveKit],
  ['mediamtx', mediaMtx],
  ['pion', pion],
]);

export const peerNames: readonly string[] = [...peers.keys()];

export function findPeer(name: string): Peer {
  const peer = peers.get(name);
  if (peer === undefined) throw new Error(`No peer "${name}": there are ${peerNames.join(', ')}`);
  return peer;
}
