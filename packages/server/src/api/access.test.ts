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

  it('of a session that the backend began ends that one alone, and leaves the token of the backend good', async () => {
    const own = await startServer();
    const nowMs = own.clock.nowUs() / 1000;
    const manager = await signToken({ room: '*', grants: ['manage'] }, secret, { ttlSeconds: 600, nowMs });
    const call = (method: 'POST' | 'DELETE', url: string, payload?: object) =>
      own.app.inject({ method, url, headers: { authorization: `Bearer ${manager}` }, ...(payload && { payload }) });
    for (const user_id of ['eve', 'ann'])
      await call('POST', '/livestream/start', { user_id, room_id: user_id, sdp: offers.host });
    const [eves] = own.rooms.get('eve').hostSessions;
    const [anns] = own.rooms.get('ann').hostSessions;
    expect((await call('DELETE', `/rooms/eve/sessions/${eves?.publicId}`)).statusCode).toBe(200);
    expect([[...own.rooms.get('eve').hostSessions], [...own.rooms.get('ann').hostSessions]]).toEqual([[], [anns]]);
    expect((await call('DELETE', `/rooms/ann/sessions/${anns?.publicId}`)).statusCode).toBe(200);
    expect([...own.rooms.get('ann').hostSessions]).toEqual([]);
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

describe('the session of a token that expires, where it is to end with it', () => {
  const startHere = async () => {
    const own = await startServer({ end_sessions_on_expiry: true });
    const sign = (ttlSeconds: number, sub: string, grants: TokenContent['grants'] = ['publish']) =>
      signToken({ room: 'a', grants, sub }, secret, { ttlSeconds, nowMs: own.clock.nowUs() / 1000 });
    const call = (method: 'POST' | 'PATCH' | 'GET', url: string, bearer: string, payload?: string) =>
      own.app.inject({
        ...{ method, url, headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/sdp' } },
        ...(method === 'PATCH' && {
          headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/trickle-ice-sdpfrag' },
        }),
        ...(payload && { payload }),
      });
    const entered = await call('POST', '/whip/a', await sign(10, 'eve'), offers.host);
    own.transport.connection.become('connected');
    const url = new URL(String(entered.headers.location)).pathname;
    const resume = String(entered.headers['bitbasel-resume']);
    const pass = (seconds: number) => {
      own.clock.advance(seconds);
      // Not silent, which would end it as well.
      own.transport.connection.receive(Buffer.from([128, 201, 0, 1, 0, 0, 0, 1]));
      own.rooms.tick();
    };
    const renew = async (bearer: string) => (await call('PATCH', url, bearer, 'a=end-of-candidates\r\n')).statusCode;
    const isThere = async () => (await own.app.inject({ url })).statusCode === 204;
    return { own, sign, call, pass, renew, isThere, resume };
  };

  it('ends, and its resume secret with it', async () => {
    const { own, call, pass, isThere, resume } = await startHere();
    pass(9);
    expect(await isThere()).toBe(true);
    pass(6);
    expect(await isThere()).toBe(false);
    expect((await call('POST', '/whip/a', resume, offers.host)).json()).toMatchObject({ code: 'resume_refused' });
    await own.app.close();
  });

  it('leaves no way back by the resume secret of one that was cut off before', async () => {
    const { own, call, pass, resume } = await startHere();
    own.transport.connection.become('failed');
    pass(16);
    expect((await call('POST', '/whip/a', resume, offers.host)).json()).toMatchObject({ code: 'token_expired' });
    await own.app.close();
  });

  it("goes on after a PATCH with a later token of its user's, and not with another's; a kick revokes both", async () => {
    const { own, sign, call, pass, renew, isThere } = await startHere();
    expect(await renew(await sign(60, 'ann', ['manage']))).toBe(204);
    const fresh = await sign(30, 'eve');
    expect(await renew(fresh)).toBe(204);
    pass(28);
    expect(await isThere()).toBe(true);
    const [session] = own.rooms.get('a').hostSessions;
    expect(session?.credentials).toHaveLength(2);
    const manager = await sign(60, 'ann', ['manage']);
    await own.app.inject({
      ...{ method: 'DELETE', url: `/rooms/a/sessions/${session?.publicId}` },
      headers: { authorization: `Bearer ${manager}` },
    });
    expect((await call('POST', '/whip/a', fresh, offers.host)).json()).toMatchObject({ code: 'token_revoked' });
    await own.app.close();
  });
});
