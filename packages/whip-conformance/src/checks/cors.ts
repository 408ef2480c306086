import { type Check, passIf } from '../check.ts';
import { type Context, requireSession } from '../context.ts';
import { type Answer, header, isSuccess } from '../http.ts';
import { inventedTransport, writeOffer } from '../offer.ts';

const section = 'RFC 9725, 4.2; CORS';
const origin = 'https://example.org';

function allows(answer: Answer): boolean {
  return ['*', origin].includes(header(answer, 'access-control-allow-origin') ?? '');
}

function listed(answer: Answer, name: string): string[] {
  return (header(answer, name) ?? '').toLowerCase().split(/\s*,\s*/);
}

function preflight(context: Context, url: string, method: string): Promise<Answer> {
  return context.call('OPTIONS', url, {
    headers: {
      authorization: '',
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type',
    },
  });
}

export const corsChecks: readonly Check[] = [
  {
    id: 'cors-preflight',
    section,
    level: 'should',
    asks: 'A preflight allows POST with Content-Type and Authorization from another site',
    async run(context) {
      const answer = await preflight(context, context.whip, 'POST');
      const headers = listed(answer, 'access-control-allow-headers');
      const isRight =
        isSuccess(answer) &&
        allows(answer) &&
        ['content-type', 'authorization'].every((name) => headers.includes(name));
      return passIf(isRight, `${answer.status}, headers ${headers.join(', ')}`);
    },
  },
  {
    id: 'cors-preflight-session',
    section,
    level: 'should',
    asks: 'A preflight of the session allows PATCH and DELETE from another site',
    async run(context) {
      const session = requireSession(await context.publish());
      const answer = await preflight(context, session, 'DELETE');
      const methods = listed(answer, 'access-control-allow-methods');
      return passIf(
        isSuccess(answer) && allows(answer) && methods.includes('delete'),
        `${answer.status}, ${methods.join(', ')}`,
      );
    },
  },
  {
    id: 'cors-expose',
    section,
    level: 'should',
    asks: 'A page of another site may read the answer, its Location, and its ETag and Link where it has them',
    async run(context) {
      const answer = await context.post(context.whip, writeOffer(inventedTransport()), { origin });
      const exposed = listed(answer, 'access-control-expose-headers');
      const needed = ['location', 'etag', 'link'].filter((name) => answer.headers[name] !== undefined);
      return passIf(allows(answer) && needed.every((name) => exposed.includes(name)), `exposed: ${exposed.join(', ')}`);
    },
  },
];
