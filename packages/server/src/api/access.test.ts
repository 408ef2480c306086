import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { signToken, type TokenContent } from '../auth/sign-token.ts';
import { testApp } from '../test-support/app.ts';
import { offers } from '../test-support/rooms.ts';

const secret = 'the secret of these tests, long enough';
// What each route asks of its caller is in test/security.

const startServer = (settings: object = {}) => testApp({ auth: { secret, ...settings } });

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
