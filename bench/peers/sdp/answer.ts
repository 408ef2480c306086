import { parse } from 'sdp-transform';
import { extensionUris } from '../../../packages/server/src/rtp/extensions.ts';
import type { ClientTransport } from '../generator/messages.ts';
import { extensionId, type Section, vp8PayloadType } from './read.ts';
import { sessionLines, transportLines } from './write.ts';

/** A viewer's answer to a server that offers: takes VP8 and its feedback, and data channels; refuses all else. */
export function watchAnswer(offer: string, remote: ClientTransport): string {
  const { media } = parse(offer);
  const taken = media.filter(isTaken).map(mid);
  return [...sessionLines(taken.join(' ')), ...media.flatMap((section) => sectionLines(section, remote)), ''].join(
    '\r\n',
  );
}

function isTaken({ type }: Section): boolean {
  return type === 'video' || type === 'application';
}

function mid(section: Section): string {
  return String(section.mid ?? '0');
}

function sectionLines(section: Section, remote: ClientTransport): string[] {
  if (!isTaken(section)) {
    return [
      `m=${section.type} 0 ${section.protocol} ${section.payloads ?? '0'}`,
      `a=mid:${mid(section)}`,
      'a=inactive',
    ];
  }
  const transport = transportLines(mid(section), remote);
  if (section.type === 'application') {
    return ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', ...transport, 'a=sctp-port:5000'];
  }
  const payloadType = vp8PayloadType(section);
  const ccId = extensionId(section);
  const feedback = (section.rtcpFb ?? []).filter(({ payload }) => String(payload) === String(payloadType));
  return [
    `m=video 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    ...transport,
    'a=recvonly',
    ...(ccId === 0 ? [] : [`a=extmap:${ccId} ${extensionUris.transportCc}`]),
    `a=rtpmap:${payloadType} VP8/90000`,
    ...feedback.map(({ type, subtype }) => `a=rtcp-fb:${payloadType} ${type}${subtype ? ` ${subtype}` : ''}`),
  ];
}
