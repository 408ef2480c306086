import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SdpError } from './errors.ts';
import { parseSdpFragment } from './sdp-fragment.ts';

/** As a browser's WHIP client sends it (after the example of RFC 9725). */
const fragment = [
  'a=group:BUNDLE 0 1',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=mid:0',
  'a=ice-ufrag:EsAw',
  'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1',
  'a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1',
  'a=candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ srflx raddr 0.0.0.0 rport 0',
  'a=candidate:473322822 1 tcp 1518280447 2001:db8::7 9 typ host tcptype active generation 0',
  'a=end-of-candidates',
  '',
].join('\r\n');

function refusal(text: string): SdpError {
  try {
    parseSdpFragment(text);
  } catch (error) {
    if (error instanceof SdpError) return error;
    throw error;
  }
  throw new Error('was parsed');
}

test('candidates, credentials and the end', () => {
  expect(parseSdpFragment(fragment)).toEqual({
    ice: { ufrag: 'EsAw', pwd: 'P2uYro0UCOQ4zxjKXaWCBui1' },
    candidates: [
      { mid: '0', protocol: 'udp', address: '192.0.2.1', port: 61_764, type: 'host' },
      { mid: '0', protocol: 'udp', address: '198.51.100.2', port: 61_765, type: 'srflx' },
      { mid: '0', protocol: 'tcp', address: '2001:db8::7', port: 9, type: 'host' },
    ],
    endOfCandidates: true,
  });
});

test('credentials at session level, no candidate yet', () => {
  expect(parseSdpFragment('a=ice-ufrag:EsAw\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\n')).toEqual({
    ice: { ufrag: 'EsAw', pwd: 'P2uYro0UCOQ4zxjKXaWCBui1' },
    candidates: [],
    endOfCandidates: false,
  });
});

test('candidates that cannot be used are left out', () => {
  const lines = [
    'a=candidate:1 2 udp 1 192.0.2.1 5000 typ host',
    'a=candidate:1 1 sctp 1 192.0.2.1 5000 typ host',
    'a=candidate:1 1 udp 1 192.0.2.1 99999 typ host',
    'a=candidate:1 1 udp 1 192.0.2.1 5000 typ magic',
    'a=candidate:nonsense',
    'a=candidate:1 1 UDP 1 0f3e2d1c.local 5000 typ host',
  ];
  expect(parseSdpFragment(lines.join('\r\n')).candidates).toEqual([
    { protocol: 'udp', address: '0f3e2d1c.local', port: 5000, type: 'host' },
  ]);
});

describe('what cannot be read', () => {
  test.each([
    ['nothing', ''],
    ['JSON', '{"candidate":""}'],
    ['a session description', 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n'],
    ['a ufrag alone', 'a=ice-ufrag:EsAw\r\n'],
    ['a password that is too short', 'a=ice-ufrag:EsAw\r\na=ice-pwd:short\r\n'],
    ['too much', 'a=end-of-candidates\r\n'.repeat(1000)],
  ])('%s', (_, text) => {
    expect(refusal(text)).toMatchObject({ code: 'malformed_candidate_fragment', status: 400 });
  });

  test('any text is parsed or refused', () => {
    const line = fc.oneof(
      fc.constantFrom(...fragment.split('\r\n')),
      fc.string(),
      fc.string().map((text) => `a=candidate:${text}`),
      fc.string().map((text) => `m=${text}`),
    );
    const property = fc.property(fc.array(line), (lines) => {
      try {
        parseSdpFragment(lines.join('\n'));
      } catch (error) {
        if (!(error instanceof SdpError)) throw error;
      }
    });
    fc.assert(property, { numRuns: 500 });
  });
});
