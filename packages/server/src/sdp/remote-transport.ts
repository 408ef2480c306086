import type { DtlsRole, RemoteTransport } from '../transport/transport.ts';
import type { RemoteDescription, RemoteMedia } from './description.ts';
import { SdpError } from './errors.ts';
import type { UsableSections } from './sections.ts';

/**
 * The peer's side of the one transport that carries all accepted sections.
 * @throws SdpError where the sections are not bundled or not multiplexed, or the parameters are missing
 */
export function remoteTransport(
  description: RemoteDescription,
  accepted: UsableSections,
  type: 'offer' | 'answer',
): RemoteTransport {
  if (description.iceLite) {
    const detail = 'a=ice-lite: this server only answers connectivity checks, so the client has to send them';
    throw new SdpError('ice_lite_not_supported', detail);
  }
  const tagged = taggedSection(description, accepted);
  if (accepted.some(({ rtcpMux }) => !rtcpMux)) {
    throw new SdpError('rtcp_mux_required', 'RTP and RTCP share one port here: each m-line needs a=rtcp-mux');
  }
  const { ice, fingerprint } = tagged;
  if (ice === undefined) throw new SdpError('no_ice_credentials', 'a=ice-ufrag and a=ice-pwd are required');
  if (fingerprint === undefined) {
    throw new SdpError('no_fingerprint', 'a=fingerprint is required: media is encrypted with DTLS-SRTP only');
  }
  return { ice, fingerprint, dtlsRole: remoteDtlsRole(tagged.setup, type) };
}

/** The section whose transport attributes hold for the bundle: its first accepted one (RFC 9143, section 7.3.1). */
function taggedSection({ bundle }: RemoteDescription, accepted: UsableSections): RemoteMedia {
  const [first, ...others] = accepted;
  if (others.length === 0) return first;
  if (accepted.some(({ mid }) => !bundle.includes(mid))) {
    const detail = 'audio and video share one transport here: a=group:BUNDLE has to name the mid of each m-line';
    throw new SdpError('bundle_required', detail);
  }
  return others.reduce((tag, other) => (bundle.indexOf(other.mid) < bundle.indexOf(tag.mid) ? other : tag), first);
}

/** Asked to choose, we let the peer send the ClientHello: it knows first when the path works. */
function remoteDtlsRole(setup: string | undefined, type: 'offer' | 'answer'): DtlsRole {
  // The defaults of RFC 4145, section 4: active in an offer, passive in an answer.
  const role = setup ?? (type === 'offer' ? 'active' : 'passive');
  if (role === 'active' || (role === 'actpass' && type === 'offer')) return 'client';
  if (role === 'passive') return 'server';
  const right = type === 'offer' ? 'actpass, active or passive' : 'active or passive';
  throw new SdpError('dtls_setup_not_supported', `a=setup:${role} in an ${type}: it has to be ${right}`);
}
