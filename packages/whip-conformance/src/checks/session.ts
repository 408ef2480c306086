import { type Check, passIf } from '../check.ts';
import { requireSession } from '../context.ts';
import { isRefusal, summary } from '../http.ts';

const section = 'RFC 9725, 4.2';

/** The session's own URL: DELETE, and what is left after it. */
export const sessionChecks: readonly Check[] = [
  {
    id: 'delete-session',
    section,
    level: 'must',
    asks: 'DELETE on the session is answered 200',
    async run(context) {
      const answer = await context.end(requireSession(await context.publish()));
      return passIf(answer.status === 200, summary(answer));
    },
  },
  {
    id: 'delete-ignores-if-match',
    section: 'RFC 9725, 4.3.1',
    level: 'must',
    asks: 'DELETE ignores If-Match',
    async run(context) {
      const session = requireSession(await context.publish());
      const answer = await context.end(session, { 'if-match': '"another"' });
      return passIf(answer.status === 200, summary(answer));
    },
  },
  {
    id: 'delete-ends',
    section,
    level: 'must',
    asks: 'After DELETE the session is gone: DELETE and PATCH are refused with 4xx',
    async run(context) {
      const session = requireSession(await context.publish());
      await context.end(session);
      const again = await context.end(session);
      const patch = await context.patch(session, 'a=end-of-candidates\r\n');
      return passIf(isRefusal(again) && isRefusal(patch), `DELETE ${summary(again)}, PATCH ${summary(patch)}`);
    },
  },
  {
    id: 'delete-frees-place',
    section,
    level: 'must',
    asks: 'After DELETE the same URL can be published to again',
    async run(context) {
      await context.end(requireSession(await context.publish()));
      const answer = await context.publish();
      return passIf(answer.status === 201, summary(answer));
    },
  },
];
