import { extensionUris } from '../../../packages/server/src/rtp/extensions.ts';
import { writeCandidate } from '../../../packages/server/src/transport/datachannel/remote-offer.ts';
import type { ClientTransport } from '../generator/messages.ts';

/** The host's one stream. */
export const hostSsrc = 1000;
export const publishTrackId = 'video';
const PAYLOAD_TYPE = 96;
const RTX_PAYLOAD_TYPE = 97;
const MID_ID = 1;
const SEND_TIME_ID = 2;
export const transportCcId = 3;

/** The host's offer: VP8 that can be asked for keyframes and for lost packets. */
export function publishOffer(remote: ClientTransport): string {
  return [
    ...sessionLines('0'),
    `m=video 9 UDP/TLS/RTP/SAVPF ${PAYLOAD_TYPE}`,
    ...transportLines('0', remote),
    'a=sendonly',
    `a=msid:bench ${publishTrackId}`,
    `a=rtpmap:${PAYLOAD_TYPE} VP8/90000`,
    ...feedbackLines(PAYLOAD_TYPE, ['nack', 'nack pli', 'ccm fir']),
    `a=ssrc:${hostSsrc} cname:bench`,
    `a=ssrc:${hostSsrc} msid:bench ${publishTrackId}`,
    '',
  ].join('\r\n');
}

/** A viewer's offer, with the feedback and the extensions that browsers offer for VP8. */
export function watchOffer(remote: ClientTransport): string {
  return [
    ...sessionLines('0'),
    `m=video 9 UDP/TLS/RTP/SAVPF ${PAYLOAD_TYPE} ${RTX_PAYLOAD_TYPE}`,
    ...transportLines('0', remote),
    'a=recvonly',
    `a=extmap:${MID_ID} ${extensionUris.mid}`,
    `a=extmap:${SEND_TIME_ID} ${extensionUris.absSendTime}`,
    `a=extmap:${transportCcId} ${extensionUris.transportCc}`,
    `a=rtpmap:${PAYLOAD_TYPE} VP8/90000`,
    ...feedbackLines(PAYLOAD_TYPE, ['goog-remb', 'transport-cc', 'ccm fir', 'nack', 'nack pli']),
    `a=rtpmap:${RTX_PAYLOAD_TYPE} rtx/90000`,
    `a=fmtp:${RTX_PAYLOAD_TYPE} apt=${PAYLOAD_TYPE}`,
    '',
  ].join('\r\n');
}

export function sessionLines(bundle: string): string[] {
  return ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', `a=group:BUNDLE ${bundle}`, 'a=msid-semantic: WMS *'];
}

export function transportLines(mid: string, { ice, fingerprint, candidates }: ClientTransport): string[] {
  return [
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=ice-ufrag:${ice.ufrag}`,
    `a=ice-pwd:${ice.pwd}`,
    `a=fingerprint:${fingerprint.algorithm} ${fingerprint.value}`,
    'a=setup:active',
    'a=rtcp-mux',
    'a=rtcp-rsize',
    ...candidates.map((candidate) => `a=${writeCandidate(candidate)}`),
    'a=end-of-candidates',
  ];
}

function feedbackLines(payloadType: number, kinds: readonly string[]): string[] {
  return kinds.map((kind) => `a=rtcp-fb:${payloadType} ${kind}`);
}
