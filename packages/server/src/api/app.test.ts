import { afterEach, describe, expect, it } from 'vitest';
import { testApp } from '../test-support/app.ts';
import { offers } from '../test-support/rooms.ts';

type TestApp = Awaited<ReturnType<typeof testApp>>;
let server: TestApp | undefined;

afterEach(async () => {
  await server?.app.close();
});

async function start(...options: Parameters<typeof testApp>): Promise<TestApp> {
  server = await testApp(...options);
  return server;
}

describe('dialect A', () => {
  it('creates, shows and stops a room in the documented shapes', async () => {
    const { call } = await start();
    const created = await call('POST', '/room/create', { post_id: 'post_123', host_user_id: 'user_456' });
    expect(created.statusCode).toBe(200);
    const { room_id } = created.json();
    expect(created.json()).toEqual({ room_id: expect.stringMatching(/^room_/), post_id: 'post_123' });
    expect((await call('GET', `/room/${room_id}/stats`)).json()).toEqual({
      room_id,
      post_id: 'post_123',
      is_active: false,
      viewer_count: 0,
      has_host: false,
    });
    expect((await call('POST', `/room/${room_id}/stop`)).json()).toEqual({ status: 'stopped', room_id });
    // The documents' Python example asks once more after the stop.
    expect((await call('GET', `/room/${room_id}/stats`)).json()).toEqual({
      room_id,
      post_id: 'post_123',
      is_active: false,
      viewer_count: 0,
      has_host: false,
    });
    expect((await call('GET', `/rooms/${room_id}`)).statusCode).toBe(404);
    expect((await call('POST', `/room/${room_id}/stop`)).statusCode).toBe(404);
  });

  it('takes classroom_id for post_id, and gives a post the same room again', async () => {
    const { call } = await start();
    const first = await call('POST', '/room/create', { classroom_id: 'c1', host_user_id: 'u' });
    expect(first.json().post_id).toBe('c1');
    const second = await call('POST', '/room/create', { post_id: 'c1', host_user_id: 'u' });
    expect(second.json()).toEqual(first.json());
  });

  it('answers health and statistics', async () => {
    const { call, goLive } = await start();
    expect((await call('GET', '/health')).json()).toMatchObject({
      status: 'healthy',
      service: 'media_server',
      history: { mode: 'memory', status: 'ok' },
    });
    await goLive('a');
    expect((await call('GET', '/stats')).json()).toEqual({
      total_rooms: 1,
      active_rooms: 1,
      total_peers: 1,
      total_viewers: 0,
      total_hosts: 1,
      total_bytes_sent: 0,
      total_bytes_received: 0,
    });
  });
});

describe('dialect B', () => {
  it('creates, lists, shows and deletes rooms', async () => {
    const { call } = await start();
    const body = { room_id: 'user123', owner: 'user123', settings: { theme: 'dark' } };
    const created = await call('POST', '/rooms', body);
    expect(created.statusCode).toBe(201);
    expect(created.json()).toMatchObject({
      room_id: 'user123',
      owner: 'user123',
      is_active: false,
      settings: body.settings,
    });
    const again = await call('POST', '/rooms', body);
    expect([again.statusCode, again.json()]).toEqual([201, created.json()]);
    expect((await call('POST', '/rooms', { ...body, owner: 'other' })).json().code).toBe('room_exists');
    expect((await call('GET', '/rooms')).json()).toEqual({ rooms: [created.json()] });
    expect((await call('GET', '/rooms/user123')).json()).toEqual(created.json());
    expect((await call('DELETE', '/rooms/user123')).json()).toEqual({ status: 'stopped', room_id: 'user123' });
    expect((await call('GET', '/rooms/user123')).json().code).toBe('room_not_found');
  });

  it('answers 503 with Retry-After when there are too many rooms', async () => {
    const { call } = await start({ rooms: { max_rooms: 1 } });
    await call('POST', '/rooms', { room_id: 'a' });
    const refused = await call('POST', '/rooms', { room_id: 'b' });
    expect(refused.statusCode).toBe(503);
    expect(refused.headers['retry-after']).toBe('30');
    expect(refused.json()).toMatchObject({ code: 'room_limit_reached', title: 'Too many rooms' });
  });
});

describe('WHIP', () => {
  it('answers 201 with the answer, an absolute Location without a query, and ICE servers', async () => {
    const iceServers = [
      { urls: 'stun:stun.example.org' },
      { urls: ['turn:turn.example.org?transport=udp'], username: 'us"er', credential: 'pass' },
    ];
    const { post, rooms } = await start({ ice_servers: iceServers });
    const response = await post('/whip/a?token=x', offers.host);
    expect(response.statusCode).toBe(201);
    expect(response.headers).toMatchObject({
      'content-type': 'application/sdp',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': expect.stringContaining('Location, ETag, Link'),
      location: expect.stringMatching(/^http:\/\/media\.example\.org\/whip\/sessions\/[\w-]{22}$/),
      link: [
        '<stun:stun.example.org>; rel="ice-server"',
        '<turn:turn.example.org?transport=udp>; rel="ice-server"; username="us\\"er"; credential="pass"; credential-type="password"',
      ],
    });
    expect(response.headers).not.toHaveProperty('etag');
    expect(response.body).toContain('a=recvonly');
    expect(rooms.find('a')).toBeDefined();
  });

  it('takes host and protocol from the proxy only where server.trust_proxy says so', async () => {
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'live.example.org' };
    const locate = async (settings: object) => {
      const { app } = await start(settings);
      const headers = { host: 'inner', 'content-type': 'application/sdp', ...forwarded };
      const response = await app.inject({ method: 'POST', url: '/whip/a', payload: offers.host, headers });
      return new URL(String(response.headers.location)).origin;
    };
    expect(await locate({})).toBe('http://inner');
    expect(await locate({ server: { trust_proxy: true } })).toBe('https://live.example.org');
  });

  it('ends the session by DELETE, once', async () => {
    const { goLive, call, rooms } = await start();
    const session = await goLive('a');
    expect((await call('GET', session)).statusCode).toBe(204);
    expect((await call('DELETE', session.replace('whip', 'whep'))).statusCode).toBe(404);
    expect((await call('DELETE', session)).statusCode).toBe(200);
    expect((await call('DELETE', session)).statusCode).toBe(404);
    expect(rooms.get('a').isLive).toBe(false);
  });

  it('takes candidates by PATCH, and refuses an ICE restart', async () => {
    const { goLive, send, transport } = await start();
    const session = await goLive('a');
    const ufrag = transport.connection.remote?.ice.ufrag;
    const patch = (name: string | undefined) =>
      send(
        'PATCH',
        session,
        'application/trickle-ice-sdpfrag',
        `a=ice-ufrag:${name}\r\na=ice-pwd:${'x'.repeat(24)}\r\n`,
      );
    expect((await patch(ufrag)).statusCode).toBe(204);
    const restart = await patch('newUfrag');
    expect([restart.statusCode, restart.json().code]).toEqual([422, 'ice_restart_not_supported']);
    expect((await send('PATCH', session, 'text/plain', 'x')).statusCode).toBe(415);
    expect((await send('PATCH', session, 'application/sdp', offers.viewer)).json().code).toBe('answer_not_expected');
  });

  it('creates rooms only where rooms.create_on_publish allows it', async () => {
    const { post, call } = await start({ rooms: { create_on_publish: false } });
    expect((await post('/whip/a', offers.host)).json().code).toBe('room_not_found');
    await call('POST', '/rooms', { room_id: 'a' });
    expect((await post('/whip/a', offers.host)).statusCode).toBe(201);
  });

  it('refuses a second host, unless it takes over', async () => {
    const { post, goLive, rooms } = await start();
    await goLive('a');
    const second = await post('/whip/a', offers.host);
    expect([second.statusCode, second.json().code]).toEqual([409, 'host_busy']);
    expect(second.headers['retry-after']).toBe('2');
    expect((await post('/whip/a?takeover=false', offers.host)).json().code).toBe('host_busy');
    const third = await post('/whip/a?takeover', offers.host);
    expect(third.statusCode).toBe(201);
    expect(rooms.get('a').isLive).toBe(false);
  });

  it('tells a preflight what it takes, and no credentials', async () => {
    const { call } = await start();
    const response = await call('OPTIONS', '/whip/a');
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'accept-post': 'application/sdp',
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'Content-Type, Authorization, If-Match',
    });
    expect(response.headers).not.toHaveProperty('link');
  });
});

describe('WHEP', () => {
  it('answers a viewer of a live room', async () => {
    const { post, goLive, call, rooms, transport } = await start();
    await goLive('a');
    const response = await post('/whep/a', offers.viewer);
    expect(response.statusCode).toBe(201);
    expect(response.body).toContain('a=sendonly');
    transport.connection.become('connected');
    expect(rooms.stats().total_viewers).toBe(1);
    const session = new URL(String(response.headers.location)).pathname;
    expect(session).toMatch(/^\/whep\/sessions\//);
    expect((await call('DELETE', session)).statusCode).toBe(200);
    expect((await call('DELETE', session)).statusCode).toBe(404);
    expect(rooms.stats().total_viewers).toBe(0);
  });

  it('answers 409 with Retry-After while nobody is live, 404 without the room, and HEAD', async () => {
    const { post, call } = await start();
    expect((await post('/whep/a', offers.viewer)).statusCode).toBe(404);
    await call('POST', '/rooms', { room_id: 'a' });
    const early = await post('/whep/a', offers.viewer);
    expect([early.statusCode, early.json().code, early.headers['retry-after']]).toEqual([409, 'not_live', '3']);
    const head = await call('HEAD', '/whep/a');
    expect([head.statusCode, head.headers['content-type']]).toEqual([200, 'application/sdp']);
  });

  it('answers 503 when the room or the server is full', async () => {
    const full = await start({ rooms: { max_viewers_per_room: 1 } });
    await full.goLive('a');
    await full.post('/whep/a', offers.viewer);
    const refused = await full.post('/whep/a', offers.viewer);
    expect([refused.statusCode, refused.json().code, refused.headers['retry-after']]).toEqual([503, 'room_full', '10']);
  });
});

describe('livestream calls', () => {
  it('starts with an offer of the server, joins and ends', async () => {
    const { call, goLive, rooms } = await start();
    const started = await call('POST', '/livestream/start', { user_id: 'eve', post_id: 'p' });
    expect(started.json()).toMatchObject({ room_id: 'eve', post_id: 'p', type: 'offer', ice_servers: [{}] });
    const { session_id, resource_url } = started.json();
    expect(resource_url).toBe(`http://media.example.org/whip/sessions/${session_id}`);
    const refused = await call('POST', '/livestream/answer', { session_id, sdp: 'nonsense' });
    expect(refused.json().code).toBe('malformed_sdp');

    expect((await call('POST', '/livestream/eve/join', { sdp: offers.viewer })).json().code).toBe('not_live');
    await goLive('eve');
    const joined = await call('POST', '/livestream/eve/join', {
      viewer_id: 'v',
      offer: { type: 'offer', sdp: offers.viewer },
    });
    expect(joined.json()).toMatchObject({ room_id: 'eve', type: 'answer', sdp: expect.stringContaining('a=sendonly') });
    expect(joined.json().resource_url).toContain('/whep/sessions/');

    expect((await call('POST', '/livestream/end', { user_id: 'eve' })).json()).toEqual({
      status: 'stopped',
      room_id: 'eve',
    });
    expect(rooms.list()).toHaveLength(0);
  });

  it.each([{ sdp: offers.host }, { offer: offers.host }, { offer: { type: 'offer', sdp: offers.host } }])(
    "answers the broadcaster's own offer, in each form",
    async (offer) => {
      const { call } = await start();
      const started = await call('POST', '/livestream/start', { user_id: 'Eve & Co', ...offer });
      expect(started.json()).toMatchObject({ type: 'answer', room_id: expect.stringMatching(/^room_/) });
      const body = { room_id: started.json().room_id };
      expect((await call('POST', '/livestream/end', body)).json()).toEqual({ status: 'stopped', ...body });
    },
  );
});
