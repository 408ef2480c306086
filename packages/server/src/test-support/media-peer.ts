import { parseDescription } from '../sdp/parse.ts';
import { type ClientPeer, createClientPeer } from '../transport/datachannel/client-peer.ts';
import type { LocalCandidate, LocalTransport } from '../transport/transport.ts';
import { offers } from './rooms.ts';

/** A peer with real ICE, DTLS and SRTP that speaks SDP, for tests against a running server. */
export class MediaPeer {
  readonly peer: ClientPeer;

  private constructor(peer: ClientPeer) {
    this.peer = peer;
  }

  static async create(): Promise<MediaPeer> {
    return new MediaPeer(await createClientPeer());
  }

  /** Chromium's offer, with this peer's transport. */
  offer(role: 'host' | 'viewer'): string {
    return this.#describe(offers[role], 'actpass');
  }

  /** Takes the server's answer, and connects. */
  async accept(answerSdp: string): Promise<void> {
    this.peer.connect(transportOf(answerSdp));
    await this.peer.connected;
  }

  /** Answers the server's offer; `accept` it too, to connect. */
  answer(offerSdp: string): string {
    const mirrored = { recvonly: 'sendonly', sendonly: 'recvonly' } as const;
    const sdp = offerSdp
      .replaceAll(/a=(recvonly|sendonly)/g, (_, direction: 'recvonly' | 'sendonly') => `a=${mirrored[direction]}`)
      .replaceAll(/a=(ice-lite|candidate.*|end-of-candidates)\r\n/g, '');
    return this.#describe(sdp, 'active');
  }

  #describe(sdp: string, setup: string): string {
    const { ice, fingerprint } = this.peer.remote;
    return sdp
      .replaceAll(/a=ice-ufrag:.*/g, `a=ice-ufrag:${ice.ufrag}`)
      .replaceAll(/a=ice-pwd:.*/g, `a=ice-pwd:${ice.pwd}`)
      .replaceAll(/a=fingerprint:.*/g, `a=fingerprint:${fingerprint.algorithm} ${fingerprint.value}`)
      .replaceAll(/a=setup:.*/g, `a=setup:${setup}`);
  }
}

function transportOf(sdp: string): LocalTransport {
  const [media] = parseDescription(sdp).media;
  const { ice, fingerprint } = media ?? {};
  if (!ice || !fingerprint) throw new Error('the description has no transport');
  return { ice, fingerprint, candidates: candidatesOf(sdp) };
}

function candidatesOf(sdp: string): LocalCandidate[] {
  return Array.from(sdp.matchAll(/a=candidate:(\S+) 1 udp (\d+) (\S+) (\d+) typ host/g), (match) => {
    const [, foundation = '', priority, address = '', port] = match;
    return { address, port: Number(port), protocol: 'udp', type: 'host', priority: Number(priority), foundation };
  });
}
