import { type Grant, grants } from '@bitbasel/protocol';
import type { InjectOptions } from 'fastify';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signToken, type TokenContent } from '../auth/sign-token.ts';
import { testApp } from '../test-support/app.ts';
import { offers } from '../test-support/rooms.ts';
import type { DeclaredRoute } from './access.ts';

const secret = 'the secret of these tests, long enough';
const everywhere: TokenContent = { room: '*', grants: [...grants] };

type Server = Awaited<ReturnType<typeof testApp>> & { declared: readonly DeclaredRoute[] };

/** Routes whose room is not in their URL: what names the room `a` to them. A new one that is not here fails. */
const naming: Readonly<Record<string, { query?: string; body?: object }>> = {
  'GET /events': { query: '?room=a' },
  'GET /rooms': {},
  'POST /room/create': { body: { post_id: 'p', host_user_id: 'eve' } },
  'POST /rooms': { body: { room_id: 'a' } },
  'POST /livestream/start': { body: { user_id: 'eve', room_id: 'a' } },
  'POST /livestream/:user/join': { body: { sdp: offers.viewer } },
  'POST /livestream/end': { body: { room_id: 'a' } },
  'GET /ice-servers': {},
  'POST /tickets': {},
};
/** Of no room: a token of whichever room will do, and they tell nothing of any. */
const ofNoRoom = ['GET /rooms', 'GET /ice-servers', 'POST /tickets'];

let server: Server;
const nowSeconds = () => Math.floor(server.clock.nowUs() / 1e6);
const sign = (content: TokenContent, key = secret, ttlSeconds = 600) =>
  signToken(content, key, { ttlSeconds, nowMs: server.clock.nowUs() / 1000 });

async function startServer(settings: object = {}): Promise<Server> {
  const started = await testApp({ auth: { secret, ...settings } });
  return Object.assign(started, { declared: started.app.declaredRoutes });
}

/** Calls a route with its placeholders filled in: the room is `a` unless said otherwise. */
function callRoute({ method, url }: Pick<DeclaredRoute, 'method' | 'url'>, token: string | undefined, room = 'a') {
  const { query = '', body = {} } = naming[`${method === 'HEAD' ? 'GET' : method} ${url}`] ?? {};
  const path =
    url
      .replace(':room', room)
      .replace(':user', 'eve')
      .replace(/:(session|stream)/g, 'unknown') + query;
  const isExchange = url === '/whip/:room' || url === '/whep/:room';
  const payload = isExchange ? { payload: offers.viewer } : method === 'POST' ? { payload: body } : {};
  return server.app.inject({
    method: method as NonNullable<InjectOptions['method']>,
    url: path,
    ...payload,
    headers: {
      ...(isExchange && { 'content-type': 'application/sdp' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
  });
}

const guarded = () => server.declared.filter(({ access }) => access.kind !== 'open');
const grantsOf = ({ access }: DeclaredRoute): readonly Grant[] => ('grants' in access ? access.grants : []);
const nameOf = ({ method, url }: DeclaredRoute) => `${method === 'HEAD' ? 'GET' : method} ${url}`;

beforeAll(async () => {
  server = await startServer();
  server.rooms.create({ roomId: 'a', owner: 'eve' });
});
afterAll(() => server.app.close());

describe('every route that is not open', () => {
  it('is in the table, where its URL does not name the room', () => {
    const without = guarded().filter((route) => route.access.kind === 'some-room' && !(nameOf(route) in naming));
    expect(without.map(nameOf)).toEqual([]);
    expect(guarded().length).toBeGreaterThan(30);
  });

  it('refuses a caller without a token, but for whoever knows the id of a session', async () => {
    for (const route of guarded()) {
      const { statusCode, headers } = await callRoute(route, undefined);
      if (route.access.kind === 'session') expect([401, 403], nameOf(route)).not.toContain(statusCode);
      else
        expect({ statusCode, asks: headers['www-authenticate'] }, nameOf(route)).toEqual({
          statusCode: 401,
          asks: expect.stringMatching(/^Bearer/),
        });
    }
  });

  it('refuses bad tokens, whatever they grant, in the same words', async () => {
    const claims = { room: '*', grants: [...grants], exp: nowSeconds() + 600 };
    const tokens = {
      forged: await sign(everywhere, 'another secret, which is long enough'),
      'without a signature': new UnsecuredJWT(claims).encode(),
      'not good yet': await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .setNotBefore(nowSeconds() + 300)
        .sign(new TextEncoder().encode(secret)),
      'of another algorithm': await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS512' })
        .sign(new TextEncoder().encode(secret)),
      'no token at all': 'abc',
    };
    for (const [what, token] of Object.entries(tokens)) {
      for (const route of guarded()) {
        const response = await callRoute(route, token);
        expect(response.statusCode, `${what}: ${nameOf(route)}`).toBe(401);
        if (route.method === 'HEAD') continue;
        expect(response.json(), what).toMatchObject({ code: 'invalid_token', detail: 'The token is not valid here.' });
      }
    }
  });

  it('refuses tokens that have expired', async () => {
    const expired = await sign(everywhere, secret, -60);
    for (const route of guarded()) {
      const response = await callRoute(route, expired);
      expect(response.statusCode, nameOf(route)).toBe(401);
      if (route.method !== 'HEAD') expect(response.json().code).toBe('token_expired');
    }
  });

  it('refuses tokens of another role', async () => {
    for (const route of guarded()) {
      const others = grants.filter((grant) => !grantsOf(route).includes(grant));
      if (route.access.kind === 'session' || others.length === 0) continue;
      const response = await callRoute(route, await sign({ room: '*', grants: others }));
      expect(response.statusCode, nameOf(route)).toBe(403);
    }
  });

  it('refuses tokens of another room, and does not tell whether this one exists', async () => {
    for (const route of guarded()) {
      if (route.access.kind === 'session' || ofNoRoom.includes(nameOf(route))) continue;
      const token = await sign({ room: 'other', grants: [...grantsOf(route)] });
      const [present, absent] = [await callRoute(route, token), await callRoute(route, token, 'nowhere')];
      expect(present.statusCode, nameOf(route)).toBe(403);
      expect(absent.body, nameOf(route)).toBe(present.body);
    }
  });

  it('lets good tokens in', async () => {
    const token = await sign({ ...everywhere, sub: 'eve' });
    for (const route of guarded()) {
      // It would never end.
      if (route.url === '/events') continue;
      const { statusCode } = await callRoute(route, token);
      expect([401, 403], nameOf(route)).not.toContain(statusCode);
    }
  });
});

describe('the list of rooms', () => {
  it('has those that the token manages', async () => {
    const own = await startServer();
    for (const roomId of ['mine', 'yours']) own.rooms.create({ roomId });
    const token = await signToken({ room: 'm*', grants: ['manage'] }, secret, {
      ttlSeconds: 60,
      nowMs: own.clock.nowUs() / 1000,
    });
    const { rooms } = (await own.app.inject({ url: '/rooms', headers: { authorization: `Bearer ${token}` } })).json();
    expect(rooms.map(({ room_id }: { room_id: string }) => room_id)).toEqual(['mine']);
    await own.app.close();
  });
});

describe('a kick', () => {
  it.each([
    // The backend decides whether a user gets another token: a new one is good again.
    { what: 'by its id, where the token has one', hasId: true, refused: 'token_revoked', another: 201 },
    { what: 'by its user in this room, where it has none', hasId: false, refused: 'kicked', another: 403 },
  ])('ends the session, and keeps its token out $what', async ({ hasId, refused, another }) => {
    const own = await startServer();
    const iat = Math.floor(own.clock.nowUs() / 1e6);
    const ask = ({ sub, ...claims }: TokenContent, salt = '') =>
      new SignJWT({ ...claims, exp: iat + 600, salt, ...(hasId && { jti: `${sub}${salt}` }), ...(sub && { sub }) })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(secret));
    const call = (method: 'POST' | 'DELETE', url: string, token: string, payload?: string) =>
      own.app.inject({
        ...{ method, url, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' } },
        ...(payload && { payload }),
      });
    const eve: TokenContent = { room: '*', grants: ['publish'], sub: 'eve', caps: { max_height: 360 } };
    const token = await ask(eve);
    const entered = await call('POST', '/whip/a', token, offers.host);
    expect(entered.statusCode).toBe(201);
    const [session] = own.rooms.get('a').hostSessions;
    expect(session).toMatchObject({ userId: 'eve', caps: { maxHeight: 360 } });

    const manager = await ask({ room: 'a', grants: ['manage'], sub: 'ann' });
    const kicked = await call('DELETE', `/rooms/a/sessions/${session?.publicId}`, manager);
    expect(kicked.json()).toEqual({ status: 'kicked', session_id: session?.publicId });
    expect([...own.rooms.get('a').hostSessions]).toEqual([]);

    expect((await call('POST', '/whip/a', token, offers.host)).json().code).toBe(refused);
    const resume = String(entered.headers['bitbasel-resume']);
    expect(resume).toMatch(/^resume_/);
    expect((await call('POST', '/whip/a', resume, offers.host)).statusCode).toBeGreaterThanOrEqual(401);
    expect((await call('POST', '/whip/a', await ask(eve, 'new'), offers.host)).statusCode).toBe(another);
    const bob = await ask({ room: 'a', grants: ['publish'], sub: 'bob' });
    if (another !== 201) expect((await call('POST', '/whip/a', bob, offers.host)).statusCode).toBe(201);
    await own.app.close();
  });

  it('does not keep out who was merely cut off: the resume secret leads back, without the token', async () => {
    const own = await startServer({ resume_grace_seconds: 60 });
    const token = await signToken({ room: 'a', grants: ['publish'], sub: 'eve' }, secret, {
      ttlSeconds: 600,
      nowMs: own.clock.nowUs() / 1000,
    });
    const publish = (bearer: string) =>
      own.app.inject({
        ...{ method: 'POST', url: '/whip/a', payload: offers.host },
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/sdp' },
      });
    const resume = String((await publish(token)).headers['bitbasel-resume']);
    own.transport.connection.become('connected');
    own.transport.connection.become('failed');
    expect((await publish(resume)).statusCode).toBe(201);
    expect((await publish('resume_of-nobody')).json()).toMatchObject({ status: 401, code: 'resume_refused' });
    await own.app.close();
  });
});
