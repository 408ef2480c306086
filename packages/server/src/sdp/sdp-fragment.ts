import { type MediaDescription, parse, type SharedAttributes } from 'sdp-transform';
import type { IceCredentials } from '../transport/transport.ts';
import { SdpError } from './errors.ts';
import { parseIce } from './parse-transport.ts';

/** A candidate of the peer's. We do not need it to connect; it says which paths the peer has. */
export interface RemoteCandidate {
  /** Of the section it belongs to, where the fragment names one. */
  readonly mid?: string;
  readonly protocol: 'udp' | 'tcp';
  /** IPv4, IPv6, or a name (`<uuid>.local` of mDNS). */
  readonly address: string;
  readonly port: number;
  readonly type: 'host' | 'srflx' | 'prflx' | 'relay';
}

/** The body of a trickle PATCH, `application/trickle-ice-sdpfrag` (RFC 8840, section 9). */
export interface SdpFragment {
  /** The generation of candidates that this is about; new ones ask for an ICE restart (RFC 9725, "ICE Restarts"). */
  readonly ice?: IceCredentials;
  readonly candidates: readonly RemoteCandidate[];
  readonly endOfCandidates: boolean;
}

/** Characters; a browser with many interfaces sends some 3,000. */
const maxLength = 16_384;

/**
 * Candidates that cannot be used are left out silently, as RFC 9725, "Trickle ICE", asks.
 * @throws SdpError malformed_candidate_fragment
 */
export function parseSdpFragment(fragment: string): SdpFragment {
  if (fragment.length > maxLength) throw malformed(`${fragment.length} characters; at most ${maxLength} are taken`);
  const lines = fragment.split(/\r\n|\r|\n/).filter((line) => line !== '');
  const wrong = lines.find((line) => !/^[am]=\S/.test(line));
  if (wrong !== undefined || lines.length === 0) throw malformed('it consists of a= and m= lines');
  const session = parse(fragment);
  const levels: FragmentLevel[] = [session, ...session.media];
  const ice = levels.map((level) => parseIce(level, malformed)).find((credentials) => credentials !== undefined);
  return {
    ...(ice && { ice }),
    candidates: levels.flatMap(readCandidates),
    endOfCandidates: levels.some(({ endOfCandidates }) => endOfCandidates !== undefined),
  };
}

type FragmentLevel = SharedAttributes & Pick<MediaDescription, 'mid' | 'candidates' | 'endOfCandidates'>;

function readCandidates({ candidates = [], mid }: FragmentLevel): RemoteCandidate[] {
  return candidates.flatMap((candidate) => {
    const { ip, port, component } = candidate;
    const protocol = String(candidate.transport).toLowerCase();
    const type = String(candidate.type);
    // Component 2 would be RTCP on a port of its own, which we never negotiate.
    if (component !== 1 || !isProtocol(protocol) || !isType(type) || !isPort(port)) return [];
    return [{ ...(mid !== undefined && { mid: String(mid) }), protocol, address: String(ip), port, type }];
  });
}

function isProtocol(word: string): word is RemoteCandidate['protocol'] {
  return word === 'udp' || word === 'tcp';
}

function isType(word: string): word is RemoteCandidate['type'] {
  return word === 'host' || word === 'srflx' || word === 'prflx' || word === 'relay';
}

function isPort(port: unknown): port is number {
  return typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65_535;
}

function malformed(detail: string): SdpError {
  return new SdpError('malformed_candidate_fragment', `malformed candidate fragment: ${detail}`);
}
