import { randomUUID } from 'node:crypto';
import type { Grant } from '@bitbasel/protocol';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../packages/server/src/config/schema.ts';
import { type MediaServer, startServer } from '../../packages/server/src/server.ts';
import { MediaPeer } from '../../packages/server/src/test-support/media-peer.ts';
import { offers } from '../../packages/server/src/test-support/rooms.ts';
import { SignalingClient } from '../../packages/server/src/test-support/signaling-client.ts';
import { type Row, rows, type Subject } from './routes.ts';
import { secret, type TokenOptions, token } from './tokens.ts';

// Every route and every message of the running server, against every kind of caller.

let server: MediaServer;
let url: string;
const media: MediaPeer[] = [];
const all: readonly Grant[] = ['publish', 'watch', 'manage'];
const root = token({ room: '*', grants: all });

beforeAll(async () => {
  const listening = { host: '127.0.0.1', port: 0, http_alias_port: false, signaling_alias_port: false };
  const config = configSchema.parse({
    server: listening,
    media: { port: 0 },
    auth: { secret },
    history: { mode: 'memory' },
    rooms: { max_rooms: 1000 },
  });
  server = await startServer(config, { logger: pino({ level: 'silent' }) });
  url = `http://127.0.0.1:${server.ports.http}`;
});

afterAll(async () => {
  for (const { peer } of media) peer.close();
  await server?.close();
});

interface Answer {
  readonly status: number;
  readonly challenge: string | null;
  readonly body: string;
  readonly headers: Record<string, string>;
}

async function call(
  method: string,
  path: string,
  bearer?: string,
  body?: object | string,
  type?: string,
): Promise<Answer> {
  const headers: Record<string, string> = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  if (body !== undefined) headers['content-type'] = type ?? 'application/json';
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  // A stream of events goes on until the call is given up.
  const given = new AbortController();
  const response = await fetch(url + path, {
    signal: given.signal,
    method,
    headers,
    ...(text === undefined ? {} : { body: text }),
  });
  const { date: _, ...rest } = Object.fromEntries(response.headers);
  const answer = {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    body: isStream(response) ? '' : await response.text(),
    headers: rest,
  };
  given.abort();
  return answer;
}

/** A live room with a host and a viewer of its own. */
async function stage(): Promise<Subject> {
  const room = `room-${randomUUID()}`;
  const user = `user-${randomUUID()}`;
  await call('POST', '/rooms', root, { room_id: room, owner: user });
  const peer = await MediaPeer.create();
  media.push(peer);
  const host = await call(
    'POST',
    `/whip/${room}`,
    token({ room, grants: ['publish'], sub: user }),
    peer.offer('host'),
    sdp,
  );
  expect([host.status, host.body]).toEqual([201, host.body]);
  await peer.accept(host.body);
  while (server.rooms.get(room).isLive !== true) await new Promise((resolve) => setTimeout(resolve, 5));
  const viewer = await call('POST', `/whep/${room}`, token({ room, grants: ['watch'] }), offers.viewer, sdp);
  const viewerSession = idOf(viewer);
  const stream = await call('POST', `/whep/sessions/${viewerSession}/sse`, undefined, ['viewercount']);
  return { room, user, hostSession: idOf(host), viewerSession, stream: idOf(stream) };
}

const isStream = ({ headers }: Response) => headers.get('content-type')?.startsWith('text/event-stream') === true;
const sdp = 'application/sdp';
const idOf = ({ headers }: Answer) => headers.location?.split('/').at(-1) ?? '';

/** Nobody's: no part of it is there. */
function nowhere(): Subject {
  return { room: randomUUID(), user: randomUUID(), hostSession: 'none', viewerSession: 'none', stream: 'none' };
}

function perform(row: Row, subject: Subject, bearer?: string): Promise<Answer> {
  const [method = ''] = row.route.split(' ');
  return call(method, row.path(subject), bearer, row.body?.(subject), row.type);
}

/** Bearers that nothing is to be had with, whatever they claim. */
const bad: Record<string, (claims: TokenOptions) => string> = {
  expired: (claims) => token({ ...claims, expiresIn: -60 }),
  'signed by somebody else': (claims) => token(claims, { key: 'x'.repeat(40) }),
  'signed by nobody': (claims) => token(claims, { alg: 'none' }),
  'not valid yet': (claims) => token({ ...claims, notBeforeIn: 60 }),
  'no token at all': () => 'nonsense',
};

async function kickedToken(claims: TokenOptions): Promise<string> {
  const kicked = token({ ...claims, grants: all });
  const room = `kick-${randomUUID()}`;
  const bearer = token({ room: '*', grants: all, jti: `jti-${room}` });
  const session = await call('POST', `/whip/${room}`, bearer, offers.host, sdp);
  const { publicId = '' } = server.rooms.get(room).sessions[0] ?? {};
  expect(session.status).toBe(201);
  expect((await call('DELETE', `/rooms/${room}/sessions/${publicId}`, root)).status).toBe(200);
  await call('DELETE', `/rooms/${room}`, root);
  expect(kicked).not.toBe(bearer);
  return bearer;
}

it('the table has every route of the server, and no other', () => {
  const served = server.routes.map(({ method, url: path }) => `${method} ${path}`);
  // Answers to HEAD come with those to GET.
  const own = served.filter((route) => !route.startsWith('HEAD ') || !served.includes(route.replace('HEAD', 'GET')));
  expect(rows.map(({ route }) => route).sort()).toEqual(own.sort());
});

describe.each(rows.map((row) => [row.route, row] as const))('%s', (_route, row) => {
  const { needs } = row;
  if (needs === 'open') {
    it('is open', async () => {
      const subject = nowhere();
      expect((await perform(row, subject)).status).toBe(row.ok);
      expect((await perform(row, subject, 'nonsense')).status).toBe(row.ok);
    });
    return;
  }

  it('refuses bad tokens, and says no more than that', async () => {
    const here = await stage();
    const claims = { room: '*', grants: all };
    for (const [what, make] of Object.entries(bad)) {
      const refused = await perform(row, here, make(claims));
      expect([what, refused.status]).toEqual([what, 401]);
      expect(refused.challenge).toMatch(/^Bearer realm="bitbasel", error="invalid_token"/);
      expect(await perform(row, nowhere(), make(claims))).toEqual(refused);
    }
    const kicked = await kickedToken(claims);
    if (needs !== 'session') {
      const refused = await perform(row, here, kicked);
      expect([refused.status, JSON.parse(refused.body).code]).toEqual([401, 'token_revoked']);
      expect(await perform(row, nowhere(), kicked)).toEqual(refused);
    }
  });

  if (needs === 'session') {
    it('takes the URL for the key, but no wrong token with it', async () => {
      expect((await perform(row, await stage())).status).toBe(row.ok);
      const here = await stage();
      expect((await perform(row, here, token({ room: 'other', grants: all }))).status).toBe(403);
      expect((await perform(row, here, await kickedToken({ room: '*', grants: all }))).status).toBe(401);
      expect((await perform(row, here, token({ room: here.room, grants: ['manage'] }))).status).toBe(row.ok);
    });
    return;
  }

  it('refuses who has no token, another room, or another role, and does not tell which rooms there are', async () => {
    const here = await stage();
    const other = { room: 'other', grants: needs };
    const roles = all.filter((grant) => !needs.includes(grant));
    const refusals: [string | undefined, number][] = [
      [undefined, 401],
      [token(other), row.otherRoom ?? 403],
      ...(roles.length === 0 ? [] : [[token({ room: here.room, grants: roles }), 403] as [string, number]]),
      ...(row.everyRoom ? [[token({ room: here.room, grants: needs }), 403] as [string, number]] : []),
    ];
    for (const [bearer, status] of refusals) {
      const refused = await perform(row, here, bearer);
      expect(refused.status).toBe(status);
      if (status !== 401 && status !== 403) continue;
      expect(refused.challenge).toMatch(status === 401 ? /^Bearer realm="bitbasel"$/ : /error="insufficient_scope"/);
      expect(`${refused.body}${JSON.stringify(refused.headers)}`).not.toContain(here.room);
      expect(await perform(row, nowhere(), bearer)).toEqual(refused);
    }
  });

  it('lets in each of the grants', async () => {
    for (const grant of needs) {
      const here = await stage();
      const room = row.everyRoom ? '*' : here.room;
      const answer = await perform(row, here, token({ room, grants: [grant], sub: here.user }));
      expect([grant, answer.status, answer.body]).toEqual([grant, row.ok, answer.body]);
    }
  });
});

it('lists only the rooms that a token manages', async () => {
  const [mine] = [await stage(), await stage()];
  const listed = await call('GET', '/rooms', token({ room: mine.room, grants: ['manage'] }));
  expect(JSON.parse(listed.body).rooms.map(({ room_id }: { room_id: string }) => room_id)).toEqual([mine.room]);
});

describe('WebSocket', () => {
  const messages = {
    'join as host': { message: { type: 'join', role: 'host', takeover: true }, needs: 'publish' },
    'join as viewer': { message: { type: 'join' }, needs: 'watch' },
    'offer of a host': { message: { type: 'offer', role: 'host', sdp: offers.host }, needs: 'publish' },
    'offer of a viewer': { message: { type: 'offer', role: 'viewer', sdp: offers.viewer }, needs: 'watch' },
    answer: { message: { type: 'answer', sdp: 'v=0' }, needs: undefined },
    'ice-candidate': { message: { type: 'ice-candidate', candidate: null }, needs: undefined },
    ping: { message: { type: 'ping' }, needs: undefined },
    report: { message: { type: 'report' }, needs: undefined },
    layer: { message: { type: 'layer', height: 360 }, needs: undefined },
    chat: { message: { type: 'chat', text: 'hello' }, needs: undefined },
    reaction: { message: { type: 'reaction', emoji: '❤️' }, needs: undefined },
    'chat-mute': { message: { type: 'chat-mute', identity: 'eve' }, needs: undefined },
    'chat-unmute': { message: { type: 'chat-unmute', identity: 'eve' }, needs: undefined },
    'chat-remove': { message: { type: 'chat-remove', message_id: 'msg_00000000000000' }, needs: undefined },
    kick: { message: { type: 'kick', session_id: 's_unknown' }, needs: undefined },
    leave: { message: { type: 'leave' }, needs: undefined },
  } as const;

  const shownBy = (bearer: string | undefined) =>
    bearer === undefined ? [] : ['bitbasel', `bitbasel.token.${bearer}`];

  async function refusalOf(room: string, bearer: string | undefined, message: Record<string, unknown>) {
    const client = await SignalingClient.open(server.ports.http, room, shownBy(bearer));
    client.send(message);
    const { code, retryable } = await client.until('error');
    return { code, retryable, close: await client.closed };
  }

  it.each(Object.entries(messages))('%s', async (_what, { message, needs }) => {
    const { room } = await stage();
    const claims = { room: '*', grants: all };
    for (const there of [room, randomUUID()]) {
      const refused = (code: string, close: number) => ({ code, retryable: false, close });
      expect(await refusalOf(there, undefined, message)).toEqual(refused('unauthorized', 4401));
      for (const [what, make] of Object.entries(bad))
        expect([what, await refusalOf(there, make(claims), message)]).toEqual([
          what,
          refused(what === 'expired' ? 'token_expired' : 'invalid_token', 4401),
        ]);
      expect(await refusalOf(there, await kickedToken(claims), message)).toEqual(refused('token_revoked', 4401));
      expect(await refusalOf(there, token({ room: 'other', grants: all }), message)).toEqual(
        refused('forbidden', 4403),
      );
      const roles = all.filter((grant) => grant !== (needs ?? 'publish') && grant !== (needs ?? 'watch'));
      expect(await refusalOf(there, token({ room: there, grants: roles }), message)).toEqual(
        refused('forbidden', 4403),
      );
    }
    if (needs === undefined) return;
    // A host finds no other there.
    const good = needs === 'publish' ? randomUUID() : room;
    const client = await SignalingClient.open(server.ports.http, good, shownBy(token({ room: good, grants: [needs] })));
    client.send(message);
    expect(await client.until('welcome')).toMatchObject({ resume_secret: expect.stringMatching(/^resume_.{43}$/) });
    client.socket.terminate();
  });

  it('takes a ticket once, and never shows the token to others', async () => {
    const { room } = await stage();
    const bearer = token({ room, grants: ['watch'] });
    const { ticket } = JSON.parse((await call('POST', '/tickets', bearer)).body);
    const client = await SignalingClient.open(server.ports.http, `${room}?ticket=${ticket}`);
    client.send({ type: 'join' });
    await client.until('welcome');
    const second = await SignalingClient.open(server.ports.http, `${room}?ticket=${ticket}`);
    expect([(await second.until('error')).code, await second.closed]).toEqual(['invalid_token', 4401]);
    const shown = await SignalingClient.open(server.ports.http, room, shownBy(bearer));
    expect(shown.socket.protocol).toBe('bitbasel');
    for (const { socket } of [client, shown]) socket.terminate();
  });
});
