import { checkFingerprint, checkIceCredentials } from '../remote-parameters.ts';
import type { LocalCandidate, RemoteTransport } from '../transport.ts';
import { PIPE_MID, PIPE_PAYLOAD_TYPE } from './pipe-track.ts';

/**
 * Writes the offer that stands in for the remote side: one media section, to which libdatachannel then hands every RTP
 * and RTCP packet, whatever its SSRC or payload type. No candidates: the remote side's own connectivity checks show its
 * addresses (RFC 8445, section 7.3.1.3), and descriptions that carry some make libdatachannel throw now and then.
 *
 * @param asIceLite makes this side the controlling one, which an answerer is only toward a lite agent (section 6.1.1)
 * @throws TransportError `bad_remote_parameters`
 */
export function writeRemoteOffer(remote: RemoteTransport, asIceLite = false): string {
  checkIceCredentials(remote.ice);
  const fingerprint = checkFingerprint(remote.fingerprint);
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
    `a=fingerprint:${fingerprint.algorithm} ${fingerprint.value}`,
    `a=setup:${remote.dtlsRole === 'client' ? 'active' : 'passive'}`,
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** A candidate line (RFC 8839, section 5.1) for libdatachannel, used where a peer has to begin the checks itself. */
export function writeCandidate(candidate: LocalCandidate): string {
  const { foundation, protocol, priority, address, port, type } = candidate;
  return `candidate:${foundation} 1 ${protocol.toUpperCase()} ${priority} ${address} ${port} typ ${type}`;
}
