import { type Check, fail, notApplicable, type Outcome, passIf } from '../check.ts';
import { type Context, fragmentType } from '../context.ts';
import { header, isRefusal, mediaType, summary } from '../http.ts';
import { inventedTransport } from '../offer.ts';
import { fragment, type Published, publishWith } from './trickle.ts';

const section = 'RFC 9725, 4.3.3';

/** A check of what only servers have that restart ICE: they show it by an ETag on the 201. */
function withRestarts(run: (context: Context, published: Published & { etag: string }) => Promise<Outcome>) {
  return async (context: Context): Promise<Outcome> => {
    const published = await publishWith(context);
    const { etag } = published;
    return etag === undefined
      ? notApplicable('no ETag on the 201: no ICE restarts')
      : run(context, { ...published, etag });
  };
}

const restartWith = (ifMatch: string) =>
  withRestarts(async (context, { session, etag }) => {
    const answer = await context.patch(session, fragment(inventedTransport(), []), { 'if-match': ifMatch });
    const newTag = header(answer, 'etag');
    const isRight =
      answer.status === 200 &&
      mediaType(answer) === fragmentType &&
      newTag !== undefined &&
      newTag !== etag &&
      /^a=ice-ufrag:/m.test(answer.body);
    return passIf(isRight, `${summary(answer)}, ETag ${newTag ?? 'missing'}`);
  });

export const restartChecks: readonly Check[] = [
  {
    id: 'etag-strong',
    section: 'RFC 9725, 4.3.1',
    level: 'must',
    asks: 'The ETag of the 201 is a strong one',
    run: withRestarts(async (_context, { etag }) => passIf(/^"[^"]*"$/.test(etag), etag)),
  },
  {
    id: 'if-match-missing',
    section: 'RFC 9725, 4.3.1',
    level: 'must',
    asks: 'A server with restarts refuses a PATCH without If-Match with 428',
    run: withRestarts(async (context, { session, transport }) => {
      const answer = await context.patch(session, fragment(transport, []));
      return passIf(answer.status === 428, summary(answer));
    }),
  },
  {
    id: 'if-match-mismatch',
    section: 'RFC 9725, 4.3.1',
    level: 'must',
    asks: 'A server with restarts refuses a PATCH with another If-Match with 412',
    run: withRestarts(async (context, { session, transport }) => {
      const answer = await context.patch(session, fragment(transport, []), { 'if-match': '"another"' });
      return passIf(answer.status === 412, summary(answer));
    }),
  },
  {
    id: 'restart',
    section,
    level: 'must',
    asks: 'An ICE restart with If-Match: * is answered 200 with new credentials and a new ETag',
    run: restartWith('*'),
  },
  {
    id: 'restart-quoted-star',
    section,
    level: 'should',
    asks: 'If-Match: "*", as the examples of older drafts had it, restarts as well',
    run: restartWith('"*"'),
  },
  {
    id: 'restart-refused',
    section,
    level: 'must',
    asks: 'A server without restarts refuses one with 4xx or 501 (422 where it takes candidates), and the session goes on',
    async run(context) {
      const { session, transport, etag } = await publishWith(context);
      if (etag !== undefined) return notApplicable('the server restarts ICE');
      const restart = await context.patch(session, fragment(inventedTransport(), []), { 'if-match': '*' });
      const candidates = await context.patch(session, fragment(transport, []));
      const seen = `restart ${summary(restart)}, candidates after it ${summary(candidates)}`;
      if (candidates.status === 204) return passIf(restart.status === 422, seen);
      if (candidates.status === 404) return fail(seen);
      return passIf(isRefusal(restart) || restart.status === 501, seen);
    },
  },
];
