import fc from 'fast-check';
import { realOffers } from '../hostile/bad-descriptions.ts';
import { hostileText } from './hostile-values.ts';

type Lines = readonly string[];

const numbers = [
  '-1',
  '0',
  '1',
  '127',
  '128',
  '255',
  '65535',
  '65536',
  '4294967295',
  '4294967296',
  '1e9',
  '',
  '9'.repeat(400),
];

interface Damage {
  readonly how: keyof typeof damages;
  readonly at: number;
  readonly to: number;
  readonly number: string;
  readonly text: string;
}

/** Each takes a description's lines, and a place or two in them. */
const damages = {
  drop: (lines: Lines, { at, to }: Damage): Lines => lines.toSpliced(at % lines.length, 1 + (to % 8)),
  repeat: (lines: Lines, { at, to }: Damage): Lines => {
    const from = at % lines.length;
    return lines.toSpliced(from, 0, ...lines.slice(from, from + 1 + (to % 30)));
  },
  swap: (lines: Lines, { at, to }: Damage): Lines => {
    const [one, other] = [at % lines.length, to % lines.length];
    return lines.with(one, lines[other] ?? '').with(other, lines[one] ?? '');
  },
  changeNumber: (lines: Lines, { at, to, number }: Damage): Lines => {
    // Some lines have none: the next one that has.
    const withNumbers = lines.flatMap((line, index) => (/\d/.test(line) ? [index] : []));
    const index = withNumbers[at % Math.max(1, withNumbers.length)] ?? 0;
    const line = lines[index] ?? '';
    const found = [...line.matchAll(/\d+/g)];
    const chosen = found[to % Math.max(1, found.length)];
    if (chosen === undefined) return lines;
    const end = chosen.index + chosen[0].length;
    return lines.with(index, line.slice(0, chosen.index) + number + line.slice(end));
  },
  lengthen: (lines: Lines, { at, to }: Damage): Lines =>
    lines.with(at % lines.length, `${lines[at % lines.length]}${' 96'.repeat(to % 15_000)}`),
  insert: (lines: Lines, { at, text }: Damage): Lines => lines.toSpliced(at % lines.length, 0, text),
  cutLine: (lines: Lines, { at, to }: Damage): Lines => {
    const line = lines[at % lines.length] ?? '';
    return lines.with(at % lines.length, line.slice(0, to % (line.length + 1)));
  },
  repeatMedia: (lines: Lines, { at, to }: Damage): Lines => {
    const starts = lines.flatMap((line, index) => (line.startsWith('m=') ? [index] : []));
    const start = starts[at % Math.max(1, starts.length)] ?? 0;
    const next = starts.find((index) => index > start) ?? lines.length;
    // As many as a description of 64 KiB holds of the short ones.
    const media = Array<readonly string[]>(to % 400).fill(lines.slice(start, Math.min(next, start + 1 + (to % 20))));
    return [...lines, ...media.flat()];
  },
} as const;

const damage: fc.Arbitrary<Damage> = fc.record({
  how: fc.constantFrom(...(Object.keys(damages) as (keyof typeof damages)[])),
  at: fc.nat(),
  to: fc.nat(),
  number: fc.oneof(fc.constantFrom(...numbers), fc.nat().map(String)),
  text: fc.oneof(
    hostileText.map((text) => `a=${text}`),
    hostileText,
    fc.constantFrom(
      ...[
        'a=simulcast:send a;b;c',
        'a=rid:a send',
        'a=mid:0',
        'a=setup:actpass',
        'a=ice-lite',
        'a=inactive',
        'a=bundle-only',
      ],
      ...[
        'a=group:BUNDLE',
        'a=rtcp-mux',
        'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
        'a=ssrc-group:FID 1 2',
        'b=AS:0',
      ],
      ...[
        'a=candidate:1 1 udp 1 ::1 9 typ host',
        'a=candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active',
        'a=extmap:15 x',
      ],
    ),
  ),
});

/** Does some damage to the lines of a description; none is a case too. */
export const damaging: fc.Arbitrary<(text: string) => string> = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.array(damage, { maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(damage, { maxLength: 6 }) },
    ),
    fc.constantFrom('\r\n', '\n'),
  )
  .map(([all, end]) => (text) => {
    const whole: Lines = text.split(/\r?\n/);
    return all.reduce((lines, each) => damages[each.how](lines.length === 0 ? [''] : lines, each), whole).join(end);
  });

function damagedDescription(right: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(right, damaging).map(([text, damaged]) => damaged(text));
}

export const realOffer: fc.Arbitrary<string> = fc.constantFrom(...realOffers);

/** What a browser or an encoder offers, damaged or not. */
export const description = damagedDescription(realOffer);

const fragmentLines = [
  ...['a=ice-ufrag:EsAw', 'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1', 'm=audio 9 UDP/TLS/RTP/SAVPF 0', 'a=mid:0', 'a=mid:1'],
  'a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1',
  'a=candidate:3471623853 1 udp 2122194687 2001:db8::1 61765 typ srflx raddr 192.0.2.1 rport 9',
  ...[
    'a=candidate:1 1 tcp 1518280447 192.0.2.3 9 typ host tcptype active',
    'a=end-of-candidates',
    'a=group:BUNDLE 0 1',
  ],
  'a=candidate:2 1 udp 1 5a2a.local 5000 typ host',
];

/** A body of a trickle PATCH (RFC 8840), damaged or not. */
export const candidateFragment: fc.Arbitrary<string> = damagedDescription(
  fc.shuffledSubarray(fragmentLines, { minLength: 1 }).map((lines) => lines.join('\r\n')),
);

/** The answer that a browser would give to the server's offer, as far as the server looks at it. */
export function answerTo(offer: string): string {
  return offer
    .replaceAll(/a=setup:\w+/g, 'a=setup:active')
    .replaceAll(/^a=(sendonly|recvonly)/gm, (_, direction) => (direction === 'sendonly' ? 'a=recvonly' : 'a=sendonly'))
    .replaceAll(/^a=candidate:.*\r?\n/gm, '')
    .replaceAll(/a=ice-ufrag:.*/g, 'a=ice-ufrag:EsAw')
    .replaceAll(/a=ice-pwd:.*/g, 'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1');
}
