import { afterEach, describe, expect, it } from 'vitest';
import type { Result } from './check.ts';
import { checks, runChecks } from './run.ts';
import { type Respond, serve } from './test-support/small-server.ts';

// Servers that get things wrong, to see that each check can fail; `test/conformance` runs all against the real one.

let close = () => {};
afterEach(() => close());

/** What became of the checks whose id begins with one of `ids`. */
async function results(respond: Respond, ids: readonly string[], token?: string): Promise<Record<string, Result>> {
  const server = await serve(respond);
  close = server.close;
  const target = { whip: `${server.url}/whip`, whep: `${server.url}/whep`, token, mediaTimeoutMs: 300 };
  const selected = checks.filter(({ id }) => ids.some((start) => id.startsWith(start)));
  const reports = await runChecks(target, { selected });
  return Object.fromEntries(reports.map(({ id, result }) => [id, result]));
}

const sections = (setup: string, ...rest: string[]) =>
  ['audio', 'video'].flatMap((kind, mid) => [
    `m=${kind} ${mid === 0 ? 9 : 0} UDP/TLS/RTP/SAVPF 0`,
    `a=mid:${mid}`,
    'a=sendrecv',
    `a=setup:${setup}`,
    ...rest,
  ]);
const badAnswer = ['v=0', ...sections('actpass'), ''].join('\r\n');
const badCreated = {
  status: 201,
  headers: {
    'content-type': 'application/sdp',
    location: '/session/1?secret',
    etag: 'W/"weak"',
    link: '<turn:a.example.org>; rel="ice-server", <stun:b.example.org>; rel="ice-server"',
  },
  body: badAnswer,
};

/** Takes everything, and answers all of it badly. */
const careless: Respond = ({ method }) => {
  if (method === 'POST') return badCreated;
  if (method === 'OPTIONS') return { status: 204, headers: { link: '<turn:a>; rel="ice-server"; credential="x"' } };
  if (method === 'GET' || method === 'HEAD')
    return { status: 200, headers: { 'content-type': 'text/html' }, body: 'x' };
  return { status: 202, body: 'done' };
};

describe('a careless server', () => {
  /** What it does get right, or what it cannot show. */
  const exceptions: Record<string, Result> = {
    // It says 201, gives a Location, and takes every offer: that is all these ask.
    'post-created': 'pass',
    'post-location': 'pass',
    'delete-frees-place': 'pass',
    'whep-created': 'fail',
    'token-in-url': 'not applicable',
    'token-missing': 'not applicable',
    'token-wrong': 'not applicable',
    // Its weak ETag says that it restarts ICE.
    'restart-refused': 'not applicable',
    'whep-not-live': 'not applicable',
    simulcast: 'not applicable',
    'redirect-307': 'not applicable',
    'busy-retry-after': 'not applicable',
    'no-server-error': 'pass',
  };

  it('fails every check but those', async () => {
    const found = await results(careless, ['']);
    const expected = checks.map(({ id }) => [id, exceptions[id] ?? 'fail']);
    expect(found).toEqual(Object.fromEntries(expected));
  });
});

describe('single faults', () => {
  it.each<[string, Respond, Record<string, Result>]>([
    ['another status', () => ({ status: 200, body: badAnswer }), { 'post-created': 'fail', 'post-location': 'fail' }],
    ['no description', () => ({ ...badCreated, body: '<html>' }), { 'post-created': 'fail', 'post-location': 'pass' }],
    [
      'a place that stays taken',
      (() => {
        let posts = 0;
        return ({ method }) =>
          method === 'POST' && ++posts > 1 ? { status: 409 } : method === 'POST' ? badCreated : { status: 200 };
      })(),
      { 'delete-session': 'pass', 'delete-frees-place': 'fail' },
    ],
    [
      'a partial simulcast answer',
      () => ({ ...badCreated, body: `v=0\r\n${sections('passive', 'a=simulcast:recv 0;1').join('\r\n')}` }),
      { simulcast: 'fail', 'setup-actpass': 'pass', 'setup-active': 'pass' },
    ],
    [
      'a redirect by 302',
      () => ({ status: 302, headers: { location: '/' } }),
      { 'post-created': 'fail', 'redirect-307': 'fail' },
    ],
    ['a 503 without Retry-After', () => ({ status: 503 }), { 'post-created': 'fail', 'busy-retry-after': 'fail' }],
    [
      'a 503 with it',
      () => ({ status: 503, headers: { 'retry-after': '5' } }),
      { 'post-created': 'fail', 'busy-retry-after': 'pass' },
    ],
    ['an inner error', () => ({ status: 500 }), { 'post-created': 'fail', 'no-server-error': 'fail' }],
    ['a 409 without Retry-After', () => ({ status: 409 }), { 'whep-not-live': 'fail' }],
  ])('finds %s', async (_name, respond, expected) => {
    expect(await results(respond, Object.keys(expected))).toEqual(expected);
  });

  it('follows a redirect by 307 to the session', async () => {
    const respond: Respond = ({ url }) =>
      url === '/whip' ? { status: 307, headers: { location: '/other' } } : badCreated;
    expect(await results(respond, ['post-created', 'redirect-307'])).toEqual({
      'post-created': 'pass',
      'redirect-307': 'pass',
    });
  });
});

describe('tokens', () => {
  const guarded: Respond = ({ headers }) =>
    headers.authorization === 'Bearer secret-token'
      ? badCreated
      : { status: 401, headers: { 'www-authenticate': 'Bearer' } };

  it('passes a server that asks for them', async () => {
    expect(await results(guarded, ['token-', 'post-created'], 'secret-token')).toEqual({
      'post-created': 'pass',
      'token-in-url': 'pass',
      'token-missing': 'pass',
      'token-wrong': 'pass',
    });
  });

  it('fails one that does not, or puts them into its URLs', async () => {
    const respond: Respond = () => ({ ...badCreated, headers: { ...badCreated.headers, location: '/s/secret-token' } });
    expect(await results(respond, ['token-'], 'secret-token')).toEqual({
      'token-in-url': 'fail',
      'token-missing': 'fail',
      'token-wrong': 'fail',
    });
  });
});

describe('a server that restarts ICE', () => {
  const restarting: Respond = ({ method, headers }, body) => {
    if (method === 'POST') return { ...badCreated, headers: { ...badCreated.headers, etag: '"first"' } };
    if (method !== 'PATCH') return { status: 200 };
    const match = headers['if-match'];
    if (match === undefined) return { status: 428 };
    if (match === '*' || match === '"*"') {
      const type = { 'content-type': 'application/trickle-ice-sdpfrag', etag: '"second"' };
      return { status: 200, headers: type, body: 'a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n' };
    }
    return { status: match !== '"first"' ? 412 : body.startsWith('a=') ? 204 : 400 };
  };

  it('passes what is asked of those', async () => {
    expect(await results(restarting, ['etag', 'if-match', 'restart', 'trickle'])).toEqual({
      trickle: 'pass',
      'trickle-unusable': 'pass',
      'etag-strong': 'pass',
      'if-match-missing': 'pass',
      'if-match-mismatch': 'pass',
      restart: 'pass',
      'restart-quoted-star': 'pass',
      'restart-refused': 'not applicable',
    });
  });
});
