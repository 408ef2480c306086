import type { Grant } from '@bitbasel/protocol';
import { offers } from '../../packages/server/src/test-support/rooms.ts';

/** What a row's URL is filled in with. */
export interface Subject {
  readonly room: string;
  readonly user: string;
  readonly hostSession: string;
  readonly viewerSession: string;
  /** Of the viewer's events. */
  readonly stream: string;
}

export interface Row {
  /** As the server's own list has it: method and URL. */
  readonly route: string;
  /** Any of these grants in the room lets the caller in. `open`: nobody is asked. `session`: the URL is the key. */
  readonly needs: readonly Grant[] | 'open' | 'session';
  readonly path: (subject: Subject) => string;
  readonly body?: (subject: Subject) => object | string;
  /** With a good token. */
  readonly ok: number;
  /** Good in every room only. */
  readonly everyRoom?: true;
  /** What a token for another room gets, where that is not 403. */
  readonly otherRoom?: number;
  /** The room is in the body or in no place: nothing to compare an unknown room with. */
  readonly roomless?: true;
  readonly type?: 'application/sdp' | 'application/trickle-ice-sdpfrag';
}

const manage = ['manage'] as const;
const any = ['manage', 'publish', 'watch'] as const;
const sdp = 'application/sdp' as const;
const fragment = { type: 'application/trickle-ice-sdpfrag', body: () => 'a=end-of-candidates\r\n' } as const;
const open = { needs: 'open', roomless: true } as const;

/** Every route that the server has, and what it asks for, written down here a second time and on purpose. */
export const rows: readonly Row[] = [
  { ...open, route: 'GET /health', path: () => '/health', ok: 200 },
  { ...open, route: 'GET /health/live', path: () => '/health/live', ok: 200 },
  { ...open, route: 'GET /health/ready', path: () => '/health/ready', ok: 200 },
  { ...open, route: 'GET /docs', path: () => '/docs', ok: 200 },
  { ...open, route: 'GET /docs/openapi.json', path: () => '/docs/openapi.json', ok: 200 },
  { ...open, route: 'GET /docs/asyncapi.json', path: () => '/docs/asyncapi.json', ok: 200 },
  { ...open, route: 'GET /docs/config.schema.json', path: () => '/docs/config.schema.json', ok: 200 },
  { ...open, route: 'GET /docs/errors', path: () => '/docs/errors', ok: 200 },
  { ...open, route: 'GET /docs/websocket', path: () => '/docs/websocket', ok: 200 },
  { ...open, route: 'GET /docs/ui/:file', path: () => '/docs/ui/none.js', ok: 404 },
  { route: 'GET /events', needs: manage, path: ({ room }) => `/events?room=${room}`, ok: 200 },
  {
    route: 'GET /history/rooms',
    needs: manage,
    everyRoom: true,
    roomless: true,
    path: () => '/history/rooms',
    ok: 200,
  },
  { route: 'GET /history/rooms/:room', needs: manage, path: ({ room }) => `/history/rooms/${room}`, ok: 200 },
  { route: 'GET /ice-servers', needs: any, roomless: true, path: () => '/ice-servers', ok: 200, otherRoom: 200 },
  { ...open, route: 'GET /', path: () => '/', ok: 200 },
  { ...open, route: 'GET /live', path: () => '/live', ok: 200 },
  { ...open, route: 'GET /dashboard', path: () => '/dashboard', ok: 200 },
  { ...open, route: 'GET /dashboard/charts/:file', path: () => '/dashboard/charts/uPlot.min.css', ok: 200 },
  { ...open, route: 'GET /watch/:room', path: ({ room }) => `/watch/${room}`, ok: 200 },
  { ...open, route: 'GET /assets/*', path: () => '/assets/style.css', ok: 200 },
  { ...open, route: 'GET /sdk/*', path: () => '/sdk/index.js', ok: 200 },
  { route: 'GET /stats', needs: manage, everyRoom: true, roomless: true, path: () => '/stats', ok: 200 },
  { route: 'GET /metrics', needs: manage, everyRoom: true, roomless: true, path: () => '/metrics', ok: 200 },
  {
    route: 'POST /room/create',
    needs: manage,
    everyRoom: true,
    roomless: true,
    path: () => '/room/create',
    body: () => ({ post_id: 'p', host_user_id: 'u' }),
    ok: 200,
  },
  { route: 'POST /room/:room/stop', needs: manage, path: ({ room }) => `/room/${room}/stop`, ok: 200 },
  { route: 'GET /room/:room/stats', needs: manage, path: ({ room }) => `/room/${room}/stats`, ok: 200 },
  // Only the rooms that the token manages are listed; another test looks at that.
  { route: 'GET /rooms', needs: manage, roomless: true, path: () => '/rooms', ok: 200, otherRoom: 200 },
  {
    route: 'POST /rooms',
    needs: manage,
    path: () => '/rooms',
    body: ({ room, user }) => ({ room_id: room, owner: user }),
    ok: 201,
  },
  { route: 'GET /rooms/:room', needs: any, path: ({ room }) => `/rooms/${room}`, ok: 200 },
  { route: 'GET /rooms/:room/quality', needs: manage, path: ({ room }) => `/rooms/${room}/quality`, ok: 200 },
  { route: 'DELETE /rooms/:room', needs: manage, path: ({ room }) => `/rooms/${room}`, ok: 200 },
  {
    route: 'DELETE /rooms/:room/sessions/:session',
    needs: manage,
    path: ({ room }) => `/rooms/${room}/sessions/s_unknown`,
    ok: 404,
  },
  { route: 'GET /rooms/:room/chat', needs: ['manage', 'watch'], path: ({ room }) => `/rooms/${room}/chat`, ok: 200 },
  {
    route: 'POST /rooms/:room/chat',
    needs: manage,
    path: ({ room }) => `/rooms/${room}/chat`,
    body: () => ({ text: 'The auction begins.' }),
    ok: 201,
  },
  {
    route: 'DELETE /rooms/:room/chat/:message',
    needs: manage,
    path: ({ room }) => `/rooms/${room}/chat/msg_00000000000000`,
    ok: 404,
  },
  { route: 'POST /tickets', needs: any, roomless: true, path: () => '/tickets', ok: 201, otherRoom: 201 },
  {
    route: 'POST /livestream/start',
    needs: ['publish', 'manage'],
    path: () => '/livestream/start',
    body: ({ room, user }) => ({ room_id: room, user_id: user, takeover: true }),
    ok: 200,
  },
  {
    route: 'POST /livestream/:user/join',
    needs: ['watch', 'manage'],
    path: ({ user }) => `/livestream/${user}/join`,
    body: () => ({ sdp: offers.viewer }),
    ok: 200,
  },
  {
    route: 'POST /livestream/end',
    needs: ['publish', 'manage'],
    path: () => '/livestream/end',
    body: ({ room }) => ({ room_id: room }),
    ok: 200,
  },
  {
    route: 'POST /livestream/answer',
    needs: 'session',
    path: () => '/livestream/answer',
    body: ({ hostSession }) => ({ session_id: hostSession, sdp: 'v=0' }),
    ok: 409,
  },
  { ...open, route: 'OPTIONS /whip/:room', path: ({ room }) => `/whip/${room}`, ok: 200 },
  { ...open, route: 'GET /whip/:room', path: ({ room }) => `/whip/${room}`, ok: 204 },
  {
    route: 'POST /whip/:room',
    needs: ['publish'],
    path: ({ room }) => `/whip/${room}?takeover`,
    type: sdp,
    body: () => offers.host,
    ok: 201,
  },
  { ...open, route: 'OPTIONS /whip/sessions/:session', path: () => '/whip/sessions/x', ok: 200 },
  { route: 'GET /whip/sessions/:session', needs: 'session', path: whipSession, ok: 204 },
  { route: 'PATCH /whip/sessions/:session', needs: 'session', path: whipSession, ...fragment, ok: 204 },
  { route: 'DELETE /whip/sessions/:session', needs: 'session', path: whipSession, ok: 200 },
  { ...open, route: 'OPTIONS /whep/:room', path: ({ room }) => `/whep/${room}`, ok: 200 },
  { ...open, route: 'HEAD /whep/:room', path: ({ room }) => `/whep/${room}`, ok: 200 },
  {
    route: 'POST /whep/:room',
    needs: ['watch'],
    path: ({ room }) => `/whep/${room}`,
    type: sdp,
    body: () => offers.viewer,
    ok: 201,
  },
  { ...open, route: 'OPTIONS /whep/sessions/:session', path: () => '/whep/sessions/x', ok: 200 },
  { route: 'GET /whep/sessions/:session', needs: 'session', path: whepSession, ok: 204 },
  { route: 'PATCH /whep/sessions/:session', needs: 'session', path: whepSession, ...fragment, ok: 204 },
  { route: 'DELETE /whep/sessions/:session', needs: 'session', path: whepSession, ok: 200 },
  { ...open, route: 'OPTIONS /whep/sessions/:session/report', path: () => '/whep/sessions/x/report', ok: 200 },
  {
    route: 'POST /whep/sessions/:session/report',
    needs: 'session',
    path: (subject) => `${whepSession(subject)}/report`,
    body: () => ({}),
    ok: 204,
  },
  { ...open, route: 'OPTIONS /whep/sessions/:session/layer', path: () => '/whep/sessions/x/layer', ok: 200 },
  {
    route: 'POST /whep/sessions/:session/layer',
    needs: 'session',
    path: (subject) => `${whepSession(subject)}/layer`,
    body: () => ({}),
    ok: 200,
  },
  { ...open, route: 'OPTIONS /whep/sessions/:session/sse', path: () => '/whep/sessions/x/sse', ok: 200 },
  {
    route: 'POST /whep/sessions/:session/sse',
    needs: 'session',
    path: (subject) => `${whepSession(subject)}/sse`,
    body: () => ['viewercount'],
    ok: 201,
  },
  { ...open, route: 'OPTIONS /whep/sessions/:session/sse/:stream', path: () => '/whep/sessions/x/sse/y', ok: 200 },
  { route: 'GET /whep/sessions/:session/sse/:stream', needs: 'session', path: eventStream, ok: 200 },
  { route: 'DELETE /whep/sessions/:session/sse/:stream', needs: 'session', path: eventStream, ok: 200 },
];

function eventStream(subject: Subject): string {
  return `${whepSession(subject)}/sse/${subject.stream}`;
}

function whipSession({ hostSession }: Subject): string {
  return `/whip/sessions/${hostSession}`;
}

function whepSession({ viewerSession }: Subject): string {
  return `/whep/sessions/${viewerSession}`;
}
