import type { Config } from '../../config/schema.ts';
import { type Finding, findingsOf, reasonOf } from '../finding.ts';
import { askNtp } from '../ntp-query.ts';

/** A Date header has whole seconds, and an answer takes its time: less than this is no finding. */
const warnedMs = 5000;
/** Tokens are checked to the second, and TURN credentials end by the clock of the TURN server. */
const failedMs = 30_000;

const { ok, warning, failed, skipped } = findingsOf('clock');

/** This machine's clock beside another's: a web server's (the JWKS host's unless one is given), or an NTP server's. */
export async function checkClock(
  { auth }: Pick<Config, 'auth'>,
  given: string | undefined,
  timeoutMs: number,
): Promise<Finding> {
  const source = given ?? auth.jwks_url;
  if (source === undefined) return skipped('nothing to compare it with: give --time=ntp://host or --time=https://host');
  const url = URL.canParse(source) ? new URL(source) : undefined;
  if (url === undefined || !['ntp:', 'http:', 'https:'].includes(url.protocol))
    return failed(`${given} is no source of time`, 'Give --time=ntp://host or --time=https://host.');
  try {
    const offsetMs =
      url.protocol === 'ntp:'
        ? await askNtp(url.hostname, Number(url.port || 123), timeoutMs)
        : await offsetByHttp(url, timeoutMs);
    return judge(Math.round(offsetMs), url.host);
  } catch (error) {
    return failed(`${url.host} tells no time: ${reasonOf(error)}`, 'Give another with --time.');
  }
}

function judge(offsetMs: number, source: string): Finding {
  const seconds = Math.abs(offsetMs / 1000).toFixed(1);
  const told = `this clock is ${seconds} s ${offsetMs > 0 ? 'behind' : 'before'} that of ${source}`;
  const advice =
    'Let a time service set it: timedatectl set-ntp true, or chrony. A container has the clock of its machine.';
  if (Math.abs(offsetMs) > failedMs)
    return failed(`${told}: tokens and TURN credentials fail or last too long`, advice);
  return Math.abs(offsetMs) > warnedMs ? warning(told, advice) : ok(told);
}

/** By the Date header (RFC 9110, section 6.6.1), and the Age where a cache answered. */
async function offsetByHttp(url: URL, timeoutMs: number): Promise<number> {
  const sentMs = Date.now();
  const response = await fetch(url, {
    ...{ method: 'HEAD', redirect: 'manual', headers: { 'cache-control': 'no-cache' } },
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    // What fetch itself says is only that it failed.
    throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
  });
  const middleMs = (sentMs + Date.now()) / 2;
  const dateMs = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(dateMs)) throw new Error('no Date header');
  const ageMs = Number(response.headers.get('age') ?? 0) * 1000;
  // The header is cut off to whole seconds: on average it is half of one early.
  return dateMs + ageMs + 500 - middleMs;
}
