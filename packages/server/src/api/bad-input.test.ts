import fc from 'fast-check';
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
    [422, 'validation_failed', 'POST', '/rooms', json, '{"room_id":".."}'],
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
