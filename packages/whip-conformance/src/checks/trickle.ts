import { type Check, notApplicable, type Outcome, passIf } from '../check.ts';
import { type Context, fragmentType, requireSession } from '../context.ts';
import { type Answer, header, isRefusal, summary } from '../http.ts';
import { inventedTransport, type OfferedTransport, writeOffer } from '../offer.ts';

const section = 'RFC 9725, 4.3.2';
const usable = 'candidate:1 1 udp 2130706431 192.0.2.1 61764 typ host';

export interface Published {
  readonly session: string;
  readonly transport: OfferedTransport;
  /** Of the 201: a server that gives one supports ICE restarts. */
  readonly etag: string | undefined;
}

export async function publishWith(context: Context): Promise<Published> {
  const transport = inventedTransport();
  const answer = await context.post(context.whip, writeOffer(transport));
  return { session: requireSession(answer), transport, etag: header(answer, 'etag') };
}

export function fragment({ ufrag, pwd }: OfferedTransport, candidates: readonly string[]): string {
  const lines = [
    'a=group:BUNDLE 0 1',
    'm=audio 9 UDP/TLS/RTP/SAVPF 0',
    'a=mid:0',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
  ];
  return [...lines, ...candidates.map((candidate) => `a=${candidate}`), 'a=end-of-candidates', ''].join('\r\n');
}

async function trickle(context: Context, candidates: readonly string[]): Promise<Answer> {
  const { session, transport, etag } = await publishWith(context);
  return context.patch(session, fragment(transport, candidates), etag === undefined ? {} : { 'if-match': etag });
}

/** 405 and 501 are how a server says that it has no PATCH; 422 that it restarts, but takes no candidates. */
function unlessUnsupported(answer: Answer, outcome: Outcome): Outcome {
  return [405, 422, 501].includes(answer.status) ? notApplicable(`not supported: ${summary(answer)}`) : outcome;
}

export const trickleChecks: readonly Check[] = [
  {
    id: 'trickle',
    section,
    level: 'must',
    asks: 'PATCH with candidates is answered 204 without a body and without an ETag',
    async run(context) {
      const answer = await trickle(context, [usable]);
      const isRight = answer.status === 204 && answer.body === '' && header(answer, 'etag') === undefined;
      return unlessUnsupported(answer, passIf(isRight, summary(answer)));
    },
  },
  {
    id: 'trickle-unusable',
    section,
    level: 'must',
    asks: 'Candidates that the server cannot use are left out silently',
    async run(context) {
      const unusable = [
        'candidate:1 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active',
        'candidate:2 1 udp 2130706431 00000000-0000-4000-8000-000000000000.local 50000 typ host',
        'candidate:3 2 udp 1 2001:db8::1 50000 typ host',
      ];
      const answer = await trickle(context, unusable);
      return unlessUnsupported(answer, passIf(answer.status === 204, summary(answer)));
    },
  },
  {
    id: 'patch-wrong-type',
    section: 'RFC 9725, 4.3.1',
    level: 'must',
    asks: `PATCH of another type than ${fragmentType} is refused with 4xx`,
    async run(context) {
      const { session, transport } = await publishWith(context);
      const answer = await context.patch(session, fragment(transport, [usable]), { 'content-type': 'text/plain' });
      return passIf(isRefusal(answer) || answer.status === 501, summary(answer));
    },
  },
  {
    id: 'patch-malformed',
    section: 'RFC 9725, 4.3.1',
    level: 'must',
    asks: 'PATCH of a fragment that cannot be read is refused with 4xx',
    async run(context) {
      const { session, etag } = await publishWith(context);
      const answer = await context.patch(session, 'no fragment', etag === undefined ? {} : { 'if-match': etag });
      return passIf(isRefusal(answer) || answer.status === 501, summary(answer));
    },
  },
];
