import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DescriptionError, readServerDescription } from './description.ts';

const session = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0 1'];
const transport = [
  'a=ice-ufrag:abcd',
  'a=ice-pwd:abcdefghijklmnopqrstuv',
  `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`,
  'a=setup:passive',
];
const candidates = [
  'a=candidate:1 1 udp 2130706431 192.0.2.1 8189 typ host',
  'a=candidate:1 1 UDP 1694498815 198.51.100.7 40000 typ srflx raddr 192.0.2.1 rport 8189',
  'a=candidate:2 1 tcp 1671430143 192.0.2.1 8189 typ host tcptype passive',
  'a=candidate:1 2 udp 2130706430 192.0.2.1 8190 typ host',
];
const audio = ['m=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:0', 'a=rtpmap:111 opus/48000/2'];
const video = [
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
  'a=mid:1',
  'a=rtpmap:96 VP8/90000',
  'a=rtpmap:97 rtx/90000',
  'a=extmap:5 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
];

const read = (...lines: string[]) => readServerDescription(`${lines.join('\r\n')}\r\n`);

it('finds what a peer needs, whether it stands in the sections or at session level', () => {
  const inSections = read(...session, ...audio, ...transport, ...candidates, ...video, ...transport, ...candidates);
  const above = read(...session, ...transport, ...audio, ...video, ...candidates);
  for (const { transport: found, media } of [inSections, above]) {
    expect(found.ice).toEqual({ ufrag: 'abcd', pwd: 'abcdefghijklmnopqrstuv' });
    expect(found.candidates.map(({ address, port }) => `${address} ${port}`)).toEqual([
      '192.0.2.1 8189',
      '198.51.100.7 40000',
    ]);
    expect(media.map(({ kind, transportCcId }) => [kind, transportCcId])).toEqual([
      ['audio', 0],
      ['video', 5],
    ]);
    expect(media[1]?.formats.get('97')).toBe('RTX');
  }
});

it('passes over a section that the server has refused', () => {
  const refused = ['m=audio 0 UDP/TLS/RTP/SAVPF 111', 'a=mid:0'];
  const { media } = read(...session, ...refused, ...video, ...transport);
  expect(media.map(({ isRejected }) => isRejected)).toEqual([true, false]);
});

it.each([
  ['no session description', 'hello'],
  ['accepts no m-line', [...session, 'm=audio 0 UDP/TLS/RTP/SAVPF 111'].join('\n')],
  ['has no a=ice-ufrag', [...session, ...audio, ...transport.slice(1)].join('\n')],
  ['both sides', [...session, ...audio, ...transport, 'a=setup:active'].join('\n').replace('a=setup:passive\n', '')],
])('says that it %s', (fault, sdp) => {
  expect(() => readServerDescription(sdp)).toThrow(fault);
});

it('throws nothing but its own error, whatever comes', () => {
  const lines = fc.constantFrom(...session, ...transport, ...candidates, ...audio, ...video);
  const changed = fc.tuple(lines, fc.string(), fc.nat(80)).map(([line, text, at]) => line.slice(0, at) + text);
  fc.assert(
    fc.property(fc.array(fc.oneof(lines, changed), { maxLength: 40 }), (some) => {
      try {
        readServerDescription(['v=0', ...some].join('\n'));
      } catch (error) {
        expect(error).toBeInstanceOf(DescriptionError);
      }
    }),
  );
});
