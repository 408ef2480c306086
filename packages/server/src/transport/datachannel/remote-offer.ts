import { type LocalCandidate, type RemoteTransport, TransportError } from '../transport.ts';
import { PIPE_MID, PIPE_PAYLOAD_TYPE } from './pipe-track.ts';

/** Hash lengths in bytes of the algorithms libdatachannel can verify (RFC 8122, section 5; MD2 and MD5 are broken). */
const HASH_LENGTH_BYTES: ReadonlyMap<string, number> = new Map([
  ['sha-1', 20],
  ['sha-224', 28],
  ['sha-256', 32],
  ['sha-384', 48],
  ['sha-512', 64],
]);

/**
 * Writes the offer that stands in for the remote side: one media section, to which libdatachannel then hands every RTP
 * and RTCP packet, whatever its SSRC or payload type. No candidates: the remote side's own connectivity checks show its
 * addresses (RFC 8445, section 7.3.1.3), and descriptions that carry some make libdatachannel throw now and then.
 *
 * @param asIceLite makes this side the controlling one, which an answerer is only toward a lite agent (section 6.1.1)
 * @throws TransportError `bad_remote_parameters`
 */
export function writeRemoteOffer(remote: RemoteTransport, asIceLite = false): string {
  checkIceAttribute('ufrag', remote.ice.ufrag, 4);
  checkIceAttribute('password', remote.ice.pwd, 22);
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    ...(asIceLite ? ['a=ice-lite'] : []),
    `a=group:BUNDLE ${PIPE_MID}`,
    `m=video 9 UDP/TLS/RTP/SAVPF ${PIPE_PAYLOAD_TYPE}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${PIPE_MID}`,
    'a=sendrecv',
    'a=rtcp-mux',
    `a=rtpmap:${PIPE_PAYLOAD_TYPE} VP8/90000`,
    `a=ice-ufrag:${remote.ice.ufrag}`,
    `a=ice-pwd:${remote.ice.pwd}`,
    `a=fingerprint:${fingerprintValue(remote)}`,
    `a=setup:${remote.dtlsRole === 'client' ? 'active' : 'passive'}`,
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** A candidate line (RFC 8839, section 5.1) for libdatachannel, used where a peer has to begin the checks itself. */
export function writeCandidate(candidate: LocalCandidate): string {
  const { foundation, protocol, priority, address, port, type } = candidate;
  return `candidate:${foundation} 1 ${protocol.toUpperCase()} ${priority} ${address} ${port} typ ${type}`;
}

/**
 * RFC 8839 asks for `ice-char`s, but some clients use more of ASCII. What must not pass is whatever ends or splits the
 * line (a space, a line break) and the colon that separates the ufrags in a STUN username (RFC 8445, section 7.2.2).
 */
function checkIceAttribute(name: string, value: string, minLength: number): void {
  if (value.length < minLength || value.length > 256 || !/^[!-9;-~]+$/.test(value)) {
    throw new TransportError('bad_remote_parameters', `The ICE ${name} must be ${minLength} to 256 visible characters`);
  }
}

function fingerprintValue(remote: RemoteTransport): string {
  const algorithm = remote.fingerprint.algorithm.toLowerCase();
  const lengthBytes = HASH_LENGTH_BYTES.get(algorithm);
  if (lengthBytes === undefined) {
    throw new TransportError('bad_remote_parameters', `Unsupported fingerprint algorithm "${algorithm.slice(0, 20)}"`);
  }
  const value = remote.fingerprint.value.toUpperCase();
  if (value.length !== lengthBytes * 3 - 1 || !/^[0-9A-F]{2}(:[0-9A-F]{2})*$/.test(value)) {
    throw new TransportError('bad_remote_parameters', `Malformed ${algorithm} fingerprint`);
  }
  return `${algorithm} ${value}`;
}
