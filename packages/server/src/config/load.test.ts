import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { commands } from '../commands/commands.ts';
import { helpText } from './help.ts';
import { hidden, showable } from './hidden.ts';
import { readCommandLine } from './layers.ts';
import { ConfigError, loadConfig } from './load.ts';
import { type Config, configSchema } from './schema.ts';
import { settings } from './settings.ts';

interface Given {
  file?: unknown;
  environment?: NodeJS.ProcessEnv;
  flags?: string[];
}

function fileWith(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'config.json');
  writeFileSync(path, content);
  return path;
}

function load({ file = {}, environment = {}, flags = [] }: Given): Config {
  const configPath = fileWith(typeof file === 'string' ? file : JSON.stringify(file));
  return loadConfig({ environment, flags: readCommandLine(flags).layer, configPath });
}

/** The faults, without the folder of the file. */
function faults(given: Given): readonly string[] {
  try {
    load(given);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.faults.map((fault) => fault.replace(/^\S*[\\/]config\.json/, 'config.json'));
    throw error;
  }
  return [];
}

/** For every setting: a value that is not the default, one that is wrong. */
const samples: Record<string, { good: unknown; bad: unknown }> = {
  'server.host': { good: '127.0.0.1', bad: 'no host!' },
  'server.port': { good: 1, bad: 65_536 },
  'server.http_alias_port': { good: false, bad: -1 },
  'server.signaling_alias_port': { good: 0, bad: true },
  'server.max_connections': { good: 5, bad: 0 },
  'server.trust_proxy': { good: true, bad: 'maybe' },
  'media.port': { good: 5000, bad: 'udp' },
  'media.host': { good: '::1', bad: 'media.example.org' },
  'media.public_addresses': { good: ['203.0.113.7'], bad: ['example.org'] },
  'media.transport': { good: 'datachannel', bad: 'quic' },
  'rooms.max_rooms': { good: 5, bad: 1.5 },
  'rooms.max_viewers_per_room': { good: 5, bad: '5 viewers' },
  'rooms.max_hosts': { good: 3, bad: 9 },
  'rooms.idle_timeout_seconds': { good: 5, bad: -5 },
  'rooms.sweep_interval_seconds': { good: 5, bad: 0 },
  'rooms.create_on_publish': { good: false, bad: 'yes' },
  'video.codec': { good: 'H264', bad: 'H265' },
  'video.target_bitrate_kbps': { good: 5000, bad: 1 },
  'video.max_framerate': { good: 60, bad: 0 },
  'audio.codec': { good: 'Opus', bad: 'MP3' },
  'audio.bitrate_kbps': { good: 64, bad: 512 },
  'audio.sample_rate': { good: 16_000, bad: 44_100 },
  'audio.redundancy': { good: true, bad: 'twice' },
  ice_servers: {
    good: [{ urls: ['turn:t.example.org'], username: 'u', credential: 'p' }],
    bad: [{ urls: 'http://x' }],
  },
  'metrics.enabled': { good: false, bad: 1 },
  'metrics.per_room': { good: true, bad: 'some' },
  'history.mode': { good: 'memory', bad: 'postgres' },
  'history.path': { good: '/var/lib/bitbasel/history.sqlite', bad: 'two\nlines' },
  'history.keep_days': { good: 7, bad: 0 },
  'webhooks.endpoints': {
    good: [{ url: 'https://example.org/hook', secret: `whsec_${'A'.repeat(32)}`, events: ['room.started'] }],
    bad: [{ url: 'file:///etc/passwd', secret: `whsec_${'A'.repeat(32)}` }],
  },
  'webhooks.timeout_seconds': { good: 5, bad: 0 },
  'webhooks.give_up_hours': { good: 1, bad: 1000 },
  'turn.urls': { good: [], bad: 'turn:x' },
  'turn.secret': { good: 'a secret of 16 or more', bad: 'short' },
  'turn.ttl_seconds': { good: 600, bad: 5 },
  'tls.cert': { good: 'cert.pem', bad: '' },
  'tls.key': { good: 'key.pem', bad: '' },
  'cors.origins': { good: ['https://www.example.org'], bad: ['www.example.org'] },
  'chat.enabled': { good: false, bad: 'no' },
  'chat.history_messages': { good: 0, bad: 1001 },
  'chat.max_characters': { good: 200, bad: 0 },
  'chat.slow_mode_seconds': { good: 5, bad: -1 },
  'chat.room_messages_per_second': { good: 5, bad: 0 },
  'chat.presence_names': { good: 0, bad: 'all' },
  'chat.events': { good: true, bad: 1 },
  'auth.required': { good: false, bad: 'maybe' },
  'auth.secret': { good: 'x'.repeat(32), bad: 'too short' },
  'auth.key_file': { good: '/etc/bitbasel/public.pem', bad: 'two\nlines' },
  'auth.jwks_url': { good: 'https://example.org/jwks.json', bad: 'file:///etc/passwd' },
  'auth.jwks_cooldown_seconds': { good: 0, bad: -1 },
  'auth.issuer': { good: 'https://example.org', bad: '' },
  'auth.audience': { good: 'media', bad: '' },
  'auth.end_sessions_on_expiry': { good: true, bad: 'later' },
  'auth.resume_grace_seconds': { good: 5, bad: -5 },
  'auth.ticket_ttl_seconds': { good: 5, bad: 0 },
  'rate_limits.rooms_per_minute': { good: false, bad: 0 },
  'rate_limits.publishes_per_minute': { good: 5, bad: 'few' },
  'rate_limits.joins_per_minute': { good: 5, bad: 0.5 },
  'rate_limits.session_changes_per_minute': { good: 5, bad: true },
  'rate_limits.connects_per_minute': { good: 5, bad: -1 },
  'rate_limits.messages_per_minute': { good: 5, bad: 0 },
  'rate_limits.requests_per_minute': { good: false, bad: null },
  'rate_limits.chats_per_minute': { good: 5, bad: 0 },
  'rate_limits.chats_per_address_per_minute': { good: false, bad: true },
  'rate_limits.reactions_per_minute': { good: 5, bad: -1 },
  'rate_limits.redis_url': { good: 'redis://127.0.0.1:6379', bad: 'http://127.0.0.1' },
  'drain.deadline_seconds': { good: 0, bad: -1 },
  'drain.spread_seconds': { good: 0, bad: 'slowly' },
  'drain.reconnect_url': { good: 'https://media2.example.org', bad: 'media2.example.org' },
  'log.level': { good: 'debug', bad: 'loud' },
};

function nested(key: string, value: unknown): object {
  const [section = '', name] = key.split('.');
  return { [section]: name === undefined ? value : { [name]: value } };
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

describe('configuration', () => {
  it('has the defaults of the documents', () => {
    expect(load({})).toMatchObject({
      server: { host: '0.0.0.0', port: 8082, http_alias_port: 9001, signaling_alias_port: 9002, max_connections: 1000 },
      media: { port: 9003, public_addresses: [] },
      rooms: { max_rooms: 100, max_viewers_per_room: 100, idle_timeout_seconds: 300, sweep_interval_seconds: 30 },
      video: { codec: 'VP8', target_bitrate_kbps: 1500, max_framerate: 30 },
      audio: { codec: 'Opus', bitrate_kbps: 128, sample_rate: 48_000, redundancy: false },
      ice_servers: [{ urls: ['stun:stun.l.google.com:19302'] }],
    });
  });

  it('has a sample for every setting', () => {
    expect(Object.keys(samples).sort()).toEqual(settings.map(({ key }) => key).sort());
  });

  for (const [key, { good, bad }] of Object.entries(samples)) {
    const setting = settings.find((candidate) => candidate.key === key);
    const variable = setting?.variable ?? '';

    it(`takes ${key} from file, environment and flag`, () => {
      const expected = configSchema.parse(nested(key, good));
      expect(load({ file: nested(key, good) })).toEqual(expected);
      expect(load({ environment: { [variable]: asText(good) } })).toEqual(expected);
      expect(load({ flags: [`--${key}=${asText(good)}`] })).toEqual(expected);
      // There is one audio codec to choose; TURN servers, and tokens that are required, come with a secret.
      if (!['audio.codec', 'turn.urls', 'auth.required'].includes(key))
        expect(expected).not.toEqual(configSchema.parse({}));
    });

    it(`names ${key}, its value, the source and what would be right`, () => {
      const shown = JSON.stringify(showable(setting ?? {}, bad));
      const fault = (source: string) =>
        expect.toSatisfy(
          (text: string) =>
            text.startsWith(`${source}: ${key}: ${shown} is not valid`) && text.endsWith(`; give ${setting?.expects}`),
        );
      expect(faults({ file: nested(key, bad) })).toEqual([fault('config.json')]);
      expect(faults({ environment: { [variable]: asText(bad) } })).toEqual([fault(`environment ${variable}`)]);
      expect(faults({ flags: [`--${key}=${asText(bad)}`] })).toEqual([fault(`flag --${key}`)]);
    });

    it(`explains ${key} in --help`, () => {
      expect(helpText(commands)).toContain(`--${key}\n      ${setting?.help}`);
    });
  }

  it('takes required tokens with what they are checked by, and not without', () => {
    expect(load({ file: { auth: { required: true, secret: 'x'.repeat(32) } } }).auth.required).toBe(true);
    expect(faults({ file: { auth: { required: true } } })).toEqual([
      expect.stringMatching(/^auth: auth\.required is set, so the server needs auth\.secret/),
    ]);
    expect(faults({ environment: { NODE_ENV: 'production' } })).toEqual([
      expect.stringMatching(/^auth: NODE_ENV is production/),
    ]);
  });

  it('takes TURN servers with their secret, and not without', () => {
    const urls = ['turn:turn.example.org?transport=tcp'];
    expect(load({ file: { turn: { urls, secret: 'a secret of 16 or more' } } }).turn.urls).toEqual(urls);
    expect(faults({ file: { turn: { urls } } })).toEqual([
      expect.stringMatching(/turn\.secret: undefined is not valid; give text of 16/),
    ]);
  });

  it('lets flags override the environment, and that the file', () => {
    const file = { server: { port: 1, max_connections: 11 }, rooms: { max_rooms: 12 } };
    const environment = { BITBASEL_SERVER_PORT: '2', BITBASEL_ROOMS_MAX_ROOMS: '22' };
    const config = load({ file, environment, flags: ['--port=3', '--host', '127.0.0.1'] });
    expect(config.server).toMatchObject({ port: 3, max_connections: 11, host: '127.0.0.1' });
    expect(config.rooms.max_rooms).toBe(22);
  });

  it('finds the file by BITBASEL_CONFIG', () => {
    const environment = { BITBASEL_CONFIG: fileWith('{"server":{"port":4}}') };
    const config = loadConfig({ environment, flags: readCommandLine([]).layer, configPath: undefined });
    expect(config.server.port).toBe(4);
  });

  it.each<[string, Given, string[]]>([
    ['key', { file: { server: { prot: 1 } } }, ['config.json: server.prot: unknown key (did you mean server.port?)']],
    ['section', { file: { sever: {} } }, ['config.json: sever: unknown key (did you mean server?)']],
    ['far-off key', { file: { colour: 1 } }, ['config.json: colour: unknown key']],
    [
      'variable',
      { environment: { BITBASEL_SERVER_PROT: '1', BITBASEL_PORT: 'of another program' } },
      ['environment: BITBASEL_SERVER_PROT: unknown variable (did you mean BITBASEL_SERVER_PORT?)'],
    ],
    ['flag', { flags: ['--server.prot=1'] }, ['flags: --server.prot: unknown flag (did you mean --server.port?)']],
    ['word', { flags: ['start'] }, ['flags: start: not expected here (settings are given as --key=value)']],
    ['flag without a value', { flags: ['--port'] }, ['flags: --port: needs a value, as --port=...']],
    [
      'section of another type',
      { file: { video: 5 } },
      ['config.json: video: 5 is not valid; give an object with settings'],
    ],
    ['file that is no object', { file: [] }, ['config.json: must hold one JSON object']],
    [
      'TURN server without credential',
      { file: { ice_servers: [{ urls: 'turn:x' }] } },
      [expect.stringMatching(/^config.json: ice_servers: \[\{"urls":"turn:x"\}\] is not valid at 0; give a list like/)],
    ],
  ])('refuses an unknown or wrong %s', (_name, given, expected) => {
    expect(faults(given)).toEqual(expected);
  });

  const secret = 'sEcReT-of-nobodys-business';
  it.each<[string, Given]>([
    ['auth.secret', { environment: { BITBASEL_AUTH_SECRET: secret.slice(0, 12) } }],
    ['turn.secret', { file: { turn: { secret: { is: secret } } } }],
    ['a webhook secret', { file: { webhooks: { endpoints: [{ url: 'https://example.org/hook', secret }] } } }],
    [
      'a webhook secret under a mistyped key',
      { file: { webhooks: { endpoints: [{ url: 'https://x.org', secrt: secret }] } } },
    ],
    ['a list that is no JSON', { environment: { BITBASEL_WEBHOOKS_ENDPOINTS: `[{"secret":"${secret}"]` } }],
    ['the password of Redis', { flags: [`--rate_limits.redis_url=http://user:${secret}@127.0.0.1`] }],
    ['a credential', { file: { ice_servers: [{ urls: 'turns', username: 'u', credential: secret }] } }],
    ['a key in a URL', { flags: [`--auth.jwks_url=ftp://example.org/jwks?key=${secret}`] }],
    ['the value of an unknown flag', { flags: ['--auth.secrt', secret] }],
    [
      'a password in a URL',
      { file: { webhooks: { endpoints: [{ url: `https://u:${secret}@x.org`, secret: `whsec_${'A'.repeat(32)}` }] } } },
    ],
    ['a section that is text', { file: { auth: secret } }],
    ['a file that is not JSON', { file: `{"auth":{"secret":${secret}}}` }],
  ])('shows nobody %s that is wrong', (_what, given) => {
    const told = faults(given).join();
    expect(told).not.toBe('');
    expect(told).not.toContain(secret.slice(0, 6));
  });

  it('says where in a list the fault is, since its values are hidden', () => {
    expect(faults({ file: { webhooks: { endpoints: [{ url: 'https://example.org/a?k=1', secret }] } } })).toEqual([
      expect.stringMatching(
        /^config.json: webhooks.endpoints: \[{"url":"https:\/\/example.org\/a\?\(hidden\)","secret":"\(hidden\)"}\] is not valid at 0.secret; /,
      ),
    ]);
  });

  it.each([
    ['redis://127.0.0.1:6379', 'redis://127.0.0.1:6379'],
    ['redis://user:pass@127.0.0.1:6379/2', `redis://${hidden}@127.0.0.1:6379/2`],
    ['redis://127.0.0.1/?password=pass', `redis://127.0.0.1/?${hidden}`],
    ['redis:pass@127.0.0.1', hidden],
    ['redis://user:12/pass@127.0.0.1', hidden],
    ['redis://user:12#pass@127.0.0.1', `redis://user:12?${hidden}`],
    ['pass', hidden],
  ])('shows %s as %s', (url, shown) => {
    expect(showable({ hides: 'credentials' }, url)).toBe(shown);
  });

  it('takes the name of its JSON schema in the file, for editors', () => {
    expect(load({ file: { $schema: './config.schema.json' } })).toEqual(configSchema.parse({}));
    expect(faults({ file: { $schema: 1 } })).toEqual(['config.json: $schema: must be a URL or a path']);
  });

  it('tells several faults at once', () => {
    expect(faults({ file: { server: { port: 'x' }, video: { codec: 'x' } }, flags: ['--nonsense=1'] })).toHaveLength(3);
  });

  it('says where a file is not JSON', () => {
    expect(faults({ file: '{"server": }' })[0]).toMatch(/^config.json: is not JSON: Unexpected token '}'/);
  });

  it('misses a file that was asked for', () => {
    const flags = readCommandLine([]).layer;
    expect(() => loadConfig({ environment: {}, flags, configPath: '/nowhere/config.json' })).toThrow(
      '/nowhere/config.json: there is no such file',
    );
  });
});
