import { expect, it } from 'vitest';
import type { ClientTransport } from '../generator/messages.ts';
import { watchAnswer } from './answer.ts';
import { readNegotiated } from './read.ts';
import { publishOffer, watchOffer } from './write.ts';

const fingerprint = { algorithm: 'sha-256', value: 'AB:CD' };
const candidate = {
  foundation: '1',
  priority: 2130706431,
  address: '10.255.0.1',
  port: 4000,
  protocol: 'udp',
  type: 'host',
} as const;
const client: ClientTransport = {
  ice: { ufrag: 'user', pwd: 'password' },
  fingerprint,
  dtlsRole: 'client',
  candidates: [candidate],
};

/** As a server offers that has data channels first, several codecs, and its transport in the first section only. */
const offer = [
  'v=0',
  'o=- 1 1 IN IP4 0.0.0.0',
  's=-',
  't=0 0',
  'a=group:BUNDLE data sound picture',
  'a=fingerprint:sha-256 AB:CD',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'a=mid:data',
  'a=ice-ufrag:user',
  'a=ice-pwd:password',
  'a=candidate:1 1 udp 2130706431 10.255.0.1 4000 typ host',
  'a=candidate:1 2 udp 2130706430 10.255.0.1 4000 typ host',
  'a=candidate:2 1 tcp 1671430143 10.255.0.1 4001 typ host tcptype passive',
  'a=candidate:3 1 udp 2130706431 fe80::1 4000 typ host',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=mid:sound',
  'a=rtpmap:111 opus/48000/2',
  'm=video 9 UDP/TLS/RTP/SAVPF 102 120',
  'a=mid:picture',
  'a=rtpmap:102 H264/90000',
  'a=rtpmap:120 VP8/90000',
  'a=rtcp-fb:102 goog-remb',
  'a=rtcp-fb:120 transport-cc',
  'a=rtcp-fb:120 nack pli',
  'a=extmap:5 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  '',
].join('\r\n');

it('reads the transport, the VP8 format and its feedback, wherever they stand', () => {
  expect(readNegotiated(offer)).toEqual({
    local: { ice: client.ice, fingerprint, candidates: [candidate] },
    payloadType: 120,
    transportCcId: 5,
    remb: false,
    dataChannels: true,
  });
});

it('answers an offer with VP8 and data channels, and refuses the sound', () => {
  const answer = watchAnswer(offer, client);
  expect(answer.match(/^m=.*$/gm)).toEqual([
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'm=audio 0 UDP/TLS/RTP/SAVPF 111',
    'm=video 9 UDP/TLS/RTP/SAVPF 120',
  ]);
  expect(answer).toContain('a=group:BUNDLE data picture');
  expect(answer).toContain('a=rtcp-fb:120 nack pli');
  expect(answer).not.toContain('H264');
});

it('reads back what it offers as a viewer, and as a host that takes no transport-wide feedback', () => {
  const local = { ice: client.ice, fingerprint, candidates: [candidate] };
  const watching = { local, payloadType: 96, transportCcId: 3, remb: true, dataChannels: false };
  expect(readNegotiated(watchOffer(client))).toEqual(watching);
  expect(readNegotiated(publishOffer(client))).toEqual({ ...watching, transportCcId: 0, remb: false });
});

it('says what is missing of a description', () => {
  expect(() => readNegotiated(offer.replaceAll('VP8', 'VP9'))).toThrow('does not take VP8');
  expect(() => readNegotiated(offer.replace('a=ice-pwd:password\r\n', ''))).toThrow('lacks its transport');
});
