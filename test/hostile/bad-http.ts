import { watchOffer } from '../support/whip-peer.ts';
import type { HttpCall } from './http-call.ts';
import { deepNesting, wrongFields } from './wrong-values.ts';

const json = 'application/json';
const sdp = 'application/sdp';
const sdpFragment = 'application/trickle-ice-sdpfrag';
const jsonLimit = 256 * 1024;
const sdpLimit = 64 * 1024;

const someSdp = watchOffer({
  ice: { ufrag: 'ufrag', pwd: 'p'.repeat(22) },
  fingerprint: { algorithm: 'sha-256', value: Array(32).fill('AB').join(':') },
  dtlsRole: 'client',
});

/** Every POST that takes JSON: a body that is right, and the fields that are checked in it. */
const jsonRoutes: readonly { path: string; right: Record<string, unknown>; fields: readonly string[] }[] = [
  {
    path: '/room/create',
    right: { post_id: 'post', host_user_id: 'eve' },
    fields: ['post_id', 'classroom_id', 'host_user_id'],
  },
  { path: '/rooms', right: { room_id: 'unmade' }, fields: ['room_id', 'owner', 'post_id', 'settings'] },
  {
    path: '/livestream/start',
    right: { user_id: 'eve' },
    fields: ['user_id', 'post_id', 'room_id', 'settings', 'offer', 'sdp'],
  },
  { path: '/livestream/live/join', right: { sdp: someSdp }, fields: ['viewer_id', 'offer', 'sdp'] },
  { path: '/livestream/answer', right: { session_id: 'none', sdp: someSdp }, fields: ['session_id', 'sdp'] },
  { path: '/livestream/end', right: {}, fields: ['user_id', 'room_id'] },
];

const wrongSettings = [
  { video: 7 },
  { video: { codec: 'H265' } },
  { video: { target_bitrate_kbps: -1 } },
  { video: { max_framerate: 1e300 } },
  { audio: { sample_rate: '48000' } },
  { max_viewers: 0.5 },
];

/** Calls that are wrong beyond doubt. None of them may change anything. @param session a path of a live session */
export function badCalls(session: string): HttpCall[] {
  return [...badJson(), ...badDescriptions(session), ...unknownTargets(), ...absurdPaths()];
}

function badJson(): HttpCall[] {
  const texts = [
    '',
    '{',
    'null',
    '[]',
    '7',
    '"',
    '{"room_id":"a",}',
    '{"__proto__":{"x":1}}',
    '{"constructor":{"prototype":{"x":1}}}',
    Buffer.from([0xff, 0xfe, 0x00, 0xd8]),
    deepNesting('[', ']', 100_000),
    deepNesting('{"a":', '}', 30_000),
    ' '.repeat(jsonLimit + 1),
  ];
  return jsonRoutes.flatMap(({ path, right, fields }) => [
    ...texts.map((body) => ({ method: 'POST', path, type: json, body })),
    ...Array.from(wrongFields(right, fields), (body) => ({
      method: 'POST',
      path,
      type: json,
      body: JSON.stringify(body),
    })),
    ...(fields.includes('settings') ? wrongSettings : []).map((settings) => ({
      method: 'POST',
      path,
      type: json,
      body: JSON.stringify({ ...right, settings }),
    })),
    { method: 'POST', path },
    { method: 'POST', path, type: 'text/plain', body: JSON.stringify(right) },
    { method: 'POST', path, type: 'no type at all', body: JSON.stringify(right) },
  ]);
}

function badDescriptions(session: string): HttpCall[] {
  const texts = [
    'hello',
    'v=0',
    'v=0\r\n',
    'v=0\r\nm=video\r\n',
    `v=0\r\n${'m=video 9 UDP/TLS/RTP/SAVPF 96\r\n'.repeat(1000)}`,
    `v=0\r\n${'a=x\r\n'.repeat(12_000)}`,
    '\0'.repeat(1000),
    Buffer.alloc(1000, 0xff),
    ' '.repeat(sdpLimit + 1),
  ];
  return ['/whip/live', '/whep/live', '/whip/unmade', '/whep/unmade'].flatMap((path) => [
    ...texts.map((body) => ({ method: 'POST', path, type: sdp, body })),
    { method: 'POST', path },
    { method: 'POST', path, type: sdp },
    { method: 'POST', path, type: json, body: JSON.stringify({ sdp: someSdp }) },
    ...[
      'hello',
      'a=',
      `a=x\r\n${'m=x\r\n'.repeat(4000)}`,
      'a=ice-ufrag:other\r\na=ice-pwd:otherotherotherotherother',
    ].map((body) => ({ method: 'PATCH', path: session, type: sdpFragment, body })),
    { method: 'PATCH', path: session, type: sdp, body: someSdp },
    { method: 'PATCH', path: session, type: json, body: '{}' },
  ]);
}

function unknownTargets(): HttpCall[] {
  const gets = ['/nothing', '/room/nowhere/stats', '/rooms/nowhere', '/whip/sessions/none', '/whep/sessions/none'];
  const posts = ['/room/nowhere/stop', '/nothing', '/health', '/stats', '/rooms/live', '/whip/sessions/none'];
  const methods = ['PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'];
  const paths = ['/health', '/stats', '/rooms', '/room/create', '/whip/live', '/whep/live', '/livestream/end'];
  return [
    ...gets.map((path) => ({ method: 'GET', path })),
    ...posts.map((path) => ({ method: 'POST', path })),
    ...['/rooms/nowhere', '/whip/sessions/none', '/whep/sessions/none'].map((path) => ({ method: 'DELETE', path })),
    { method: 'POST', path: '/whep/nowhere', type: sdp, body: someSdp },
    { method: 'PATCH', path: '/whip/sessions/none', type: sdpFragment, body: 'a=end-of-candidates' },
    { method: 'POST', path: '/livestream/end', type: json, body: '{"user_id":"nobody"}' },
    { method: 'POST', path: '/livestream/nobody/join', type: json, body: JSON.stringify({ sdp: someSdp }) },
    ...methods.flatMap((method) => paths.map((path) => ({ method, path }))),
  ];
}

function absurdPaths(): HttpCall[] {
  const rooms = [
    '%zz',
    '%',
    '%00',
    '%2F',
    '%2e%2e%2f',
    '.',
    '..',
    `${'x'.repeat(129)}`,
    `${'%41'.repeat(2000)}`,
    '%ff',
  ];
  return [
    ...rooms.flatMap((room) => [
      { method: 'POST', path: `/whip/${room}`, type: sdp, body: someSdp },
      { method: 'GET', path: `/room/${room}/stats` },
    ]),
    { method: 'GET', path: '//' },
    { method: 'GET', path: `/${'a/'.repeat(4000)}` },
    { method: 'GET', path: '/../../../../etc/passwd' },
    { method: 'GET', path: '/%2e%2e/%2e%2e/etc/passwd' },
  ];
}

/** Bodies far beyond every limit, which the server need not read to their end. @param session as in `badCalls` */
export function endlessCalls(session: string): HttpCall[] {
  const body = { bytes: 10 * 1024 * 1024 };
  return [
    ...jsonRoutes.map(({ path }) => ({ method: 'POST', path, type: json, body })),
    ...['/whip/live', '/whep/live'].map((path) => ({ method: 'POST', path, type: sdp, body })),
    { method: 'PATCH', path: session, type: sdpFragment, body },
  ];
}

/** Bytes that are no HTTP, or break off its rules. */
export const badRequests: readonly string[] = [
  'hello\r\n\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  'GET /rooms\0 HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /health HTTP/1.1\r\n\r\n',
  'GET /health HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n',
  `GET /health HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
  'POST /rooms HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
  'POST /rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /rooms HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nzz\r\n',
  '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03',
];

/** Requests that are begun and never finished. */
export const halfRequests: readonly string[] = [
  '',
  'GE',
  'GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ',
  'POST /rooms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"room_id"',
  'POST /whip/live HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nv=',
  'GET /signal/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n',
];
