import { afterEach, describe, expect, it } from 'vitest';
import { testApp } from '../test-support/app.ts';
import { offers } from '../test-support/rooms.ts';

let server: Awaited<ReturnType<typeof testApp>> | undefined;
afterEach(() => server?.app.close());

const site = 'https://www.example.org';
const preflight = { origin: site, 'access-control-request-method': 'POST' };

async function ask(
  origins: string[],
  method: 'GET' | 'POST' | 'OPTIONS',
  url: string,
  headers: object = { origin: site },
) {
  await server?.app.close();
  server = await testApp({ cors: { origins } });
  const payload = method === 'POST' ? { payload: offers.host } : {};
  const type = method === 'POST' ? { 'content-type': 'application/sdp' } : {};
  return server.app.inject({ method, url, headers: { ...type, ...headers }, ...payload });
}

const allowed = (response: { headers: NodeJS.Dict<unknown> }) => response.headers['access-control-allow-origin'];

describe('without cors.origins', () => {
  it('WHIP, WHEP and the SDK are open to every site, the rest to none', async () => {
    expect(allowed(await ask([], 'POST', '/whip/a'))).toBe('*');
    expect(allowed(await ask([], 'OPTIONS', '/whep/a', preflight))).toBe('*');
    expect(allowed(await ask([], 'GET', '/sdk/player.js'))).toBe('*');
    expect(allowed(await ask([], 'GET', '/assets/watch.js'))).toBeUndefined();
    expect(allowed(await ask([], 'GET', '/rooms'))).toBeUndefined();
    expect((await ask([], 'OPTIONS', '/rooms', preflight)).statusCode).toBe(405);
  });
});

describe('with cors.origins', () => {
  it('the named sites may use everything, others nothing', async () => {
    for (const url of ['/rooms', '/ice-servers', '/nothing']) {
      const response = await ask([site], 'GET', url);
      expect([allowed(response), response.headers.vary]).toEqual([site, 'Origin']);
      expect(allowed(await ask([site], 'GET', url, { origin: 'https://other.example.org' }))).toBeUndefined();
      expect(allowed(await ask([site], 'GET', url, {}))).toBeUndefined();
    }
    expect(allowed(await ask([site], 'POST', '/whip/a'))).toBe(site);
    expect(allowed(await ask([site], 'POST', '/whip/a', { origin: 'https://other.example.org' }))).toBeUndefined();
  });

  it('a preflight is answered, and to others refused', async () => {
    const response = await ask([site], 'OPTIONS', '/rooms', preflight);
    expect(response.statusCode).toBe(204);
    expect(response.headers).toMatchObject({
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'Content-Type, Authorization',
    });
    const other = await ask([site], 'OPTIONS', '/rooms', { ...preflight, origin: 'https://other.example.org' });
    expect([other.statusCode, allowed(other)]).toEqual([405, undefined]);
    const whip = await ask([site], 'OPTIONS', '/whip/a', preflight);
    expect([whip.statusCode, allowed(whip), whip.headers['accept-post']]).toEqual([200, site, 'application/sdp']);
  });

  it('* is every site', async () => {
    expect(allowed(await ask(['*'], 'GET', '/rooms'))).toBe('*');
  });
});

describe('security headers', () => {
  it('are on every answer, and HSTS only over TLS', async () => {
    const { headers } = await ask([], 'GET', '/nothing');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'SAMEORIGIN',
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect((await ask([], 'GET', '/watch/a')).headers).not.toHaveProperty('x-frame-options');
  });
});
