import { type Check, fail, notApplicable, pass } from '../check.ts';
import { header } from '../http.ts';

const section = 'RFC 9725, 4.5';

/** Nobody can make a server redirect or be full from outside: these look at what it did during the other checks. */
export const loadChecks: readonly Check[] = [
  {
    id: 'redirect-307',
    section,
    level: 'must',
    asks: 'A redirect is a 307, never a 301 or 302, which turn POST into GET',
    async run({ answers }) {
      const redirects = answers.filter(({ status }) => status >= 300 && status < 400);
      if (redirects.length === 0) return notApplicable('nothing was redirected');
      const wrong = redirects.find(({ status }) => status !== 307);
      return wrong === undefined
        ? pass(`${redirects.length} redirects`)
        : fail(`${wrong.status} to ${wrong.call.method}`);
    },
  },
  {
    id: 'busy-retry-after',
    section,
    level: 'should',
    asks: 'A 503 says by Retry-After when to try again',
    async run({ answers }) {
      const busy = answers.filter(({ status }) => status === 503);
      if (busy.length === 0) return notApplicable('the server was never too busy');
      return busy.every((answer) => header(answer, 'retry-after') !== undefined)
        ? pass(`${busy.length} times`)
        : fail('503 without Retry-After');
    },
  },
  {
    id: 'no-server-error',
    section: 'RFC 9110, 15.6',
    level: 'must',
    asks: 'Nothing that the checks sent made the server fail with 500',
    async run({ answers }) {
      if (answers.length === 0) return notApplicable('nothing was answered');
      const failed = answers.find(({ status }) => status === 500);
      return failed === undefined
        ? pass(`${answers.length} answers`)
        : fail(`500 to ${failed.call.method} ${failed.call.url}`);
    },
  },
];
