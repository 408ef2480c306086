import { isIP } from 'node:net';
import { audioSettingsSchema, mostHosts, videoSettingsSchema } from '@bitbasel/protocol';
import { z } from 'zod';
import { auth } from './sections/auth.ts';
import { chat } from './sections/chat.ts';
import { cors } from './sections/cors.ts';
import { drain } from './sections/drain.ts';
import { history } from './sections/history.ts';
import { metrics } from './sections/metrics.ts';
import { rateLimits } from './sections/rate-limits.ts';
import { tls } from './sections/tls.ts';
import { turn } from './sections/turn.ts';
import { webhooks } from './sections/webhooks.ts';
import { settingNotes } from './setting-notes.ts';

const portNumber = z.number().int().min(0).max(65_535);
const port = 'a port number from 1 to 65535 (0 takes any free one)';
const aliasPort = `${port}, or false to switch it off`;
const count = (most: number) => z.number().int().min(1).max(most);
const wholeNumber = (least: number, most: number) => `a whole number from ${least} to ${most}`;

const ipAddress = z.string().refine((address) => isIP(address) !== 0);
const hostName = z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/);
/** What can stand in a quoted string of a Link header (RFC 8288), where WHIP puts the credentials. */
const headerText = z
  .string()
  .max(512)
  .regex(/^[\x20-\x7e]*$/);
const iceUrl = z.string().regex(/^(stuns?|turns?):[^\s<>"]{1,256}$/);

const iceServer = z
  .strictObject({
    urls: z.union([iceUrl.transform((url) => [url]), z.array(iceUrl).min(1)]),
    username: headerText.exactOptional(),
    credential: headerText.exactOptional(),
  })
  .refine((server) => server.urls.every((url) => url.startsWith('stun')) || server.credential !== undefined);

const server = z.strictObject({
  host: hostName.default('0.0.0.0').register(settingNotes, {
    help: 'Address that HTTP and WebSocket listen on',
    expects: 'an IP address or host name, 0.0.0.0 for every interface, 127.0.0.1 for this machine only',
  }),
  port: portNumber.default(8082).register(settingNotes, {
    help: 'TCP port of HTTP, WHIP, WHEP, WebSocket and the pages',
    expects: port,
  }),
  http_alias_port: z
    .union([portNumber, z.literal(false)])
    .default(9001)
    .register(settingNotes, {
      help: 'The same, for clients that look for HTTP there',
      expects: aliasPort,
    }),
  signaling_alias_port: z
    .union([portNumber, z.literal(false)])
    .default(9002)
    .register(settingNotes, {
      help: 'The same, for clients that look for signaling there',
      expects: aliasPort,
    }),
  max_connections: count(1_000_000)
    .default(1000)
    .register(settingNotes, {
      help: 'Most media sessions, hosts and viewers together, and most open WebSockets',
      expects: wholeNumber(1, 1_000_000),
    }),
  trust_proxy: z.boolean().default(false).register(settingNotes, {
    help: 'Take host, protocol and client address from X-Forwarded-* headers: only behind a reverse proxy',
    expects: 'true or false',
  }),
});

const media = z.strictObject({
  port: portNumber.default(9003).register(settingNotes, { help: 'UDP port of all media', expects: port }),
  host: ipAddress.exactOptional().register(settingNotes, {
    help: 'Address that the media port is bound to; server.host unless given',
    expects: 'an IP address',
  }),
  public_addresses: z.array(ipAddress).max(16).default([]).register(settingNotes, {
    help: 'Addresses that peers are told to send media to, where they differ from the bound ones (NAT, cloud)',
    expects: 'a list of IP addresses, for example ["203.0.113.7"]',
  }),
  transport: z.enum(['auto', 'native', 'datachannel']).default('auto').register(settingNotes, {
    help: 'What carries the media: native (compiled by make native) or datachannel (node-datachannel); auto: native if it is there',
    expects: 'auto, native or datachannel',
  }),
});

const rooms = z.strictObject({
  max_rooms: count(1_000_000)
    .default(100)
    .register(settingNotes, {
      help: 'Most rooms at a time',
      expects: wholeNumber(1, 1_000_000),
    }),
  max_viewers_per_room: count(1_000_000)
    .default(100)
    .register(settingNotes, {
      help: 'Most viewers in one room',
      expects: wholeNumber(1, 1_000_000),
    }),
  max_hosts: count(mostHosts)
    .default(1)
    .register(settingNotes, {
      help: 'Most hosts in a room at a time, unless the settings of the room say otherwise',
      expects: wholeNumber(1, mostHosts),
    }),
  idle_timeout_seconds: count(31_536_000)
    .default(300)
    .register(settingNotes, {
      help: 'A room that nobody is in for so long is removed',
      expects: wholeNumber(1, 31_536_000),
    }),
  sweep_interval_seconds: count(86_400)
    .default(30)
    .register(settingNotes, {
      help: 'How often idle rooms are looked for',
      expects: wholeNumber(1, 86_400),
    }),
  create_on_publish: z.boolean().default(true).register(settingNotes, {
    help: 'A host that publishes into an unknown room (WHIP, WebSocket) creates it',
    expects: 'true or false',
  }),
});

const video = z.strictObject({
  codec: videoSettingsSchema.shape.codec.default('VP8').register(settingNotes, {
    help: 'Video codec that a host is asked for; another that it offers is taken where it has not got this one',
    expects: 'VP8, VP9, H264 or AV1',
  }),
  target_bitrate_kbps: videoSettingsSchema.shape.target_bitrate_kbps.default(1500).register(settingNotes, {
    help: 'Video bitrate that a host is asked for',
    expects: wholeNumber(50, 100_000),
  }),
  max_framerate: videoSettingsSchema.shape.max_framerate.default(30).register(settingNotes, {
    help: 'Most frames a second that a host is asked for',
    expects: wholeNumber(1, 240),
  }),
});

const audio = z.strictObject({
  codec: audioSettingsSchema.shape.codec.default('Opus').register(settingNotes, {
    help: 'Audio codec',
    expects: 'Opus',
  }),
  bitrate_kbps: audioSettingsSchema.shape.bitrate_kbps.default(128).register(settingNotes, {
    help: 'Audio bitrate that a host is asked for',
    expects: wholeNumber(6, 510),
  }),
  sample_rate: audioSettingsSchema.shape.sample_rate.default(48_000).register(settingNotes, {
    help: 'Highest audio sample rate that a host is asked for, in Hz',
    expects: '8000, 12000, 16000, 24000 or 48000',
  }),
  redundancy: audioSettingsSchema.shape.redundancy.default(false).register(settingNotes, {
    help: 'Audio is sent twice (Opus RED), by hosts and to viewers that can: loss is heard less, at twice the bitrate',
    expects: 'true or false',
  }),
});

const log = z.strictObject({
  level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info').register(settingNotes, {
    help: 'Least severity that is logged',
    expects: 'trace, debug, info, warn, error, fatal or silent',
  }),
});

/** Every setting of the server, with its default. Strict: a key that is not here is an error. */
export const configSchema = z.strictObject({
  server: server.prefault({}),
  media: media.prefault({}),
  rooms: rooms.prefault({}),
  video: video.prefault({}),
  audio: audio.prefault({}),
  ice_servers: z
    .array(iceServer)
    .max(16)
    .default([{ urls: ['stun:stun.l.google.com:19302'] }])
    .register(settingNotes, {
      help: 'STUN and TURN servers that clients are told of',
      expects:
        'a list like [{"urls":"stun:stun.example.org"},{"urls":["turn:turn.example.org"],"username":"u","credential":"p"}]',
      hides: { allBut: ['urls', 'username'] },
    }),
  turn: turn.prefault({}),
  tls: tls.prefault({}),
  cors: cors.prefault({}),
  chat: chat.prefault({}),
  metrics: metrics.prefault({}),
  history: history.prefault({}),
  webhooks: webhooks.prefault({}),
  auth: auth.prefault({}),
  rate_limits: rateLimits.prefault({}),
  drain: drain.prefault({}),
  log: log.prefault({}),
});

export type Config = z.output<typeof configSchema>;
