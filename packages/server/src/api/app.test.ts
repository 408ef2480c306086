import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { offers, testRooms } from '../test-support/rooms.ts';
import { buildApp } from './app.ts';

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

const noPages = { web: '/nowhere', sdk: '/nowhere' };

async function start(settings: object = {}, roots = noPages) {
  const server = testRooms(settings);
  const built = await buildApp({ ...server, roots });
  app = built;
  const call = (method: InjectOptions['method'] & string, url: string, payload?: object) =>
    built.inject({ method, url, ...(payload && { payload }), headers: { host: 'media.example.org' } });
  const send = (method: InjectOptions['method'] & string, url: string, type: string, payload: string) =>
    built.inject({ method, url, payload, headers: { host: 'media.example.org', 'content-type': type } });
  const post = (url: string, sdp: string) => send('POST', url, 'application/sdp', sdp);
  /** A host by WHIP whose media connection is up. */
  const goLive = async (room: string) => {
    const response = await post(`/whip/${room}`, offers.host);
    server.transport.connection.become('connected');
    return new URL(String(response.headers.location)).pathname;
  };
  return { ...server, app: built, call, send, post, goLive };
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
    expect((await call('GET', '/health')).json()).toEqual({ status: 'healthy', service: 'media_server' });
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

  it('refuses a second host', async () => {
    const { post, goLive } = await start();
    await goLive('a');
    const second = await post('/whip/a', offers.host);
    expect([second.statusCode, second.json().code]).toEqual([409, 'host_exists']);
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

describe('bad input', () => {
  const json = 'application/json';
  const sdp = 'application/sdp';
  it.each<[number, string, string, string, string, string]>([
    [404, 'not_found', 'GET', '/nope', json, ''],
    [404, 'not_found', 'GET', '/watch', json, ''],
    [404, 'room_not_found', 'GET', '/room/nope/stats', json, ''],
    [404, 'room_not_found', 'DELETE', '/rooms/nope', json, ''],
    [404, 'session_not_found', 'DELETE', '/whip/sessions/nope', json, ''],
    [404, 'session_not_found', 'PATCH', '/whep/sessions/nope', sdp, 'v=0'],
    [404, 'room_not_found', 'POST', '/livestream/end', json, '{"user_id":"nobody"}'],
    [404, 'session_not_found', 'POST', '/livestream/answer', json, '{"session_id":"x","sdp":"v=0"}'],
    [405, 'method_not_allowed', 'PUT', '/rooms', json, '{'],
    [405, 'method_not_allowed', 'GET', '/whep/a', json, ''],
    [405, 'method_not_allowed', 'POST', '/health', sdp, ''],
    [415, 'unsupported_media_type', 'POST', '/rooms', 'text/plain', 'room_id=a'],
    [415, 'unsupported_media_type', 'POST', '/whip/a', json, '{}'],
    [415, 'unsupported_media_type', 'POST', '/whip/a', 'application/trickle-ice-sdpfrag', 'v=0'],
    [413, 'body_too_large', 'POST', '/rooms', json, ' '.repeat(262_145)],
    [413, 'body_too_large', 'POST', '/whip/a', sdp, ' '.repeat(65_537)],
    [400, 'malformed_json', 'POST', '/rooms', json, '{"room_id":'],
    [422, 'validation_failed', 'POST', '/rooms', json, ''],
    [400, 'malformed_json', 'POST', '/rooms', json, '{"__proto__":{}}'],
    [422, 'validation_failed', 'POST', '/rooms', json, '[]'],
    [422, 'validation_failed', 'POST', '/rooms', json, '{"room_id":"a/b"}'],
    [422, 'validation_failed', 'POST', '/whip/%2F', sdp, offers.host],
    [422, 'validation_failed', 'POST', '/room/create', json, '{"post_id":"p"}'],
    [422, 'validation_failed', 'POST', '/livestream/eve/join', json, '{}'],
    [400, 'malformed_sdp', 'POST', '/whip/a', sdp, 'hello'],
    [400, 'wrong_direction', 'POST', '/whip/a', sdp, offers.viewer],
    [400, 'bad_request', 'GET', '/room/%zz/stats', json, ''],
  ])('%i %s: %s %s', async (status, code, method, url, type, payload) => {
    const { app, rooms } = await start();
    const headers = { 'content-type': type };
    const response = await app.inject({ method: method as 'GET', url, headers, ...(method !== 'GET' && { payload }) });
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect([response.statusCode, response.json().status, response.json().code]).toEqual([status, status, code]);
    expect(response.body).not.toMatch(/node_modules|\.ts:|at .*\(/);
    expect(rooms.list()).toHaveLength(0);
  });

  it.each(['application/json', 'application/x-www-form-urlencoded', 'text/plain'])(
    'minds no %s header without a body',
    async (type) => {
      const { call, goLive, send } = await start();
      await call('POST', '/rooms', { room_id: 'b' });
      expect((await send('POST', '/room/b/stop', type, '')).statusCode).toBe(200);
      expect((await send('DELETE', await goLive('a'), type, '')).statusCode).toBe(200);
    },
  );

  it('names every place that does not match', async () => {
    const { call } = await start();
    const settings = { video: { codec: 'H265' }, max_viewers: 0 };
    const { errors } = (await call('POST', '/rooms', { room_id: '', settings })).json();
    expect(errors.map(({ path }: { path: string }) => path)).toEqual([
      'room_id',
      'settings.video.codec',
      'settings.max_viewers',
    ]);
  });

  it('says where JSON breaks, and which methods a URL has', async () => {
    const { send, call } = await start();
    expect((await send('POST', '/rooms', json, '{oops')).json().detail).toContain('position 1');
    expect((await call('PUT', '/rooms/a')).headers.allow).toBe('GET, HEAD, DELETE');
  });

  it('tells nothing of an unexpected error', async () => {
    const { call, rooms } = await start();
    rooms.stats = () => {
      throw new Error('secret');
    };
    const response = await call('GET', '/stats');
    expect([response.statusCode, response.json().code]).toEqual([500, 'internal']);
    expect(response.body).not.toContain('secret');
  });

  const keys = fc.constantFrom(
    'room_id',
    'post_id',
    'host_user_id',
    'user_id',
    'settings',
    'sdp',
    'offer',
    'video',
    'owner',
  );
  const bodies = fc.oneof(
    fc.json(),
    fc.string(),
    fc
      .dictionary(keys, fc.oneof(fc.jsonValue(), fc.dictionary(keys, fc.jsonValue())))
      .map((body) => JSON.stringify(body)),
  );
  it.each([
    ['POST', '/room/create'],
    ['POST', '/rooms'],
    ['POST', '/livestream/start'],
    ['POST', '/livestream/eve/join'],
    ['POST', '/livestream/answer'],
    ['POST', '/livestream/end'],
    ['POST', '/whip/a'],
    ['POST', '/whep/a'],
    ['PATCH', '/whip/sessions/a'],
    ['DELETE', '/rooms/a'],
  ] as const)('never fails by itself: %s %s with random bodies', async (method, url) => {
    const { send } = await start({ rooms: { max_rooms: 100_000 } });
    const type = url.startsWith('/wh') ? sdp : json;
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => (await send(method, url, type, body)).statusCode < 500),
      { numRuns: 50 },
    );
  });

  it('never fails by itself: random paths', async () => {
    const { call } = await start();
    await fc.assert(
      fc.asyncProperty(fc.webPath(), async (path) => (await call('GET', path || '/x')).statusCode < 500),
      { numRuns: 100 },
    );
  });
});

describe('pages', () => {
  function browserFiles() {
    const root = mkdtempSync(join(tmpdir(), 'pages-'));
    for (const folder of ['web', 'sdk']) mkdirSync(join(root, folder));
    writeFileSync(join(root, 'secret.ts'), 'export const secret = 1;');
    writeFileSync(join(root, 'web/index.html'), '<!doctype html><title>Rooms</title>');
    writeFileSync(join(root, 'web/live.ts'), 'export const live: number = 1;');
    writeFileSync(join(root, 'web/broken.ts'), 'const = ;');
    writeFileSync(join(root, 'web/plain.js'), '/* plain */');
    writeFileSync(join(root, 'web/plain.ts'), 'export const no: number = 0;');
    writeFileSync(join(root, 'sdk/index.ts'), "import type { A } from './a.ts';\nexport const sdk = 1 as A;");
    return { web: join(root, 'web'), sdk: join(root, 'sdk') };
  }

  it('serves pages under a strict policy', async () => {
    const { call } = await start({}, browserFiles());
    const page = await call('GET', '/');
    expect(page.body).toContain('<title>Rooms</title>');
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    expect(page.headers['x-content-type-options']).toBe('nosniff');
  });

  it('serves TypeScript as JavaScript, under either name, and compiled files before it', async () => {
    const roots = browserFiles();
    const { call } = await start({}, roots);
    for (const url of ['/assets/live.js', '/assets/live.ts']) {
      const script = await call('GET', url);
      expect(script.headers['content-type']).toContain('text/javascript');
      expect(script.body).toMatch(/^export const live + {2}= 1;$/);
    }
    expect((await call('GET', '/sdk/index.js')).body).not.toContain('import');
    expect((await call('GET', '/assets/plain.js')).body).toBe('/* plain */');
    expect((await call('GET', '/assets/missing.js')).json().code).toBe('not_found');
  });

  it.each(['/assets/../secret.ts', '/assets/%2e%2e/secret.ts', '/assets/..%2fsecret.ts', '/sdk/..%5csecret.ts'])(
    'keeps to its folders: %s',
    async (url) => {
      const { call } = await start({}, browserFiles());
      const response = await call('GET', url);
      expect(response.statusCode).toBeGreaterThanOrEqual(400);
      expect(response.body).not.toContain('secret = 1');
    },
  );
});
