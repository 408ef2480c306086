import { type Check, notApplicable, type Outcome, pass, passIf } from '../check.ts';
import type { Context } from '../context.ts';
import type { Answer } from '../http.ts';

const section = 'RFC 9725, 4.6';
const uri = /^\s*<((?:stuns?|turns?):[^>]+)>/;

function iceServers(answer: Answer): string[] {
  return (answer.headers.link ?? []).filter((link) => /rel="?ice-server"?/.test(link));
}

function withLinks(judge: (links: readonly string[]) => Outcome) {
  return async (context: Context): Promise<Outcome> => {
    const links = iceServers(await context.publish());
    return links.length === 0 ? notApplicable('the 201 names no ICE server') : judge(links);
  };
}

export const iceServerChecks: readonly Check[] = [
  {
    id: 'link-form',
    section,
    level: 'must',
    asks: 'ICE servers are Link headers with rel="ice-server"; TURN has username and credential',
    run: withLinks((links) => {
      const wrong = links.find((link) => {
        const [, url = ''] = uri.exec(link) ?? [];
        return url === '' || (url.startsWith('turn') && !/; *username=.+; *credential=/.test(link));
      });
      return passIf(wrong === undefined, wrong ?? `${links.length} servers`);
    }),
  },
  {
    id: 'link-one-each',
    section: 'RFC 9725, 4.6; OBS',
    level: 'should',
    asks: 'Each ICE server has a header of its own: OBS does not split a list',
    run: withLinks((links) => {
      const joined = links.find((link) => (link.match(/<(?:stuns?|turns?):/g) ?? []).length > 1);
      return passIf(joined === undefined, joined ?? `${links.length} headers`);
    }),
  },
  {
    id: 'options-no-credentials',
    section,
    level: 'must',
    asks: 'A preflight, which nobody authenticates, is told no TURN credentials',
    async run(context) {
      const headers = { authorization: '', origin: 'https://example.org', 'access-control-request-method': 'POST' };
      const answer = await context.call('OPTIONS', context.whip, { headers });
      const told = iceServers(answer).find((link) => link.includes('credential='));
      return told === undefined ? pass('none') : passIf(false, told.replace(/credential="[^"]*"/, 'credential="..."'));
    },
  },
];
