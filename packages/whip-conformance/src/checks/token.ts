import { type Check, notApplicable, type Outcome, passIf } from '../check.ts';
import type { Context } from '../context.ts';
import { header, summary } from '../http.ts';
import { inventedTransport, writeOffer } from '../offer.ts';

const section = 'RFC 9725, 4.7';

function postWith(authorization: string, judge: (status: number) => boolean) {
  return async (context: Context): Promise<Outcome> => {
    if (context.target.token === undefined) return notApplicable('no --token was given');
    const answer = await context.post(context.whip, writeOffer(inventedTransport()), { authorization });
    return passIf(
      judge(answer.status),
      `${summary(answer)}, WWW-Authenticate ${header(answer, 'www-authenticate') ?? 'missing'}`,
    );
  };
}

export const tokenChecks: readonly Check[] = [
  {
    id: 'token-missing',
    section,
    level: 'must',
    asks: 'Without the token POST is refused with 401',
    run: postWith('', (status) => status === 401),
  },
  {
    id: 'token-wrong',
    section,
    level: 'must',
    asks: 'With another token POST is refused with 401 or 403',
    run: postWith('Bearer not-the-token', (status) => status === 401 || status === 403),
  },
];
