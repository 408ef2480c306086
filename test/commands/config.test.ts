import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commands } from '../../packages/server/src/commands/commands.ts';
import { Program } from '../support/program.ts';

const main = resolve(import.meta.dirname, '../../packages/server/src/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'bitbasel-config-'));
const file = join(folder, 'config.json');
afterAll(() => rmSync(folder, { recursive: true }));

async function bitbasel(words: string[], environment: Record<string, string> = {}) {
  const program = new Program(process.execPath, { arguments: [main, ...words], directory: folder, environment });
  return { code: await program.exitCode(), output: program.output };
}

const secrets = {
  auth: 'auth-secret-'.repeat(3),
  turn: 'turn-secret-of-sixteen',
  webhook: `whsec_${'A'.repeat(40)}`,
  credential: 'credential-of-turn',
  redis: 'redis-password',
};
writeFileSync(
  file,
  JSON.stringify({
    $schema: 'https://example.org/config.schema.json',
    rooms: { max_rooms: 7 },
    turn: { urls: ['turn:turn.example.org'], secret: secrets.turn },
    ice_servers: [{ urls: 'turn:turn.example.org', username: 'u', credential: secrets.credential }],
    webhooks: { endpoints: [{ url: 'https://example.org/hook', secret: secrets.webhook }] },
  }),
);
const environment = {
  BITBASEL_AUTH_SECRET: secrets.auth,
  BITBASEL_RATE_LIMITS_REDIS_URL: `redis://user:${secrets.redis}@127.0.0.1:6379/1`,
};

describe('bitbasel config', () => {
  it('prints what the server would start with, and no secret', async () => {
    const { code, output } = await bitbasel(['config', `--config=${file}`, '--port=80'], environment);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      server: { port: 80, max_connections: 1000 },
      rooms: { max_rooms: 7, max_viewers_per_room: 100 },
      turn: { urls: ['turn:turn.example.org'], secret: '(hidden)' },
      ice_servers: [{ urls: ['turn:turn.example.org'], username: 'u', credential: '(hidden)' }],
      webhooks: { endpoints: [{ url: 'https://example.org/hook', secret: '(hidden)' }] },
      auth: { secret: '(hidden)' },
      rate_limits: { redis_url: 'redis://(hidden)@127.0.0.1:6379/1' },
    });
    for (const secret of Object.values(secrets)) expect(output).not.toContain(secret);
  });

  it('tells where each value is from', async () => {
    const { code, output } = await bitbasel(['config', '--origins', `--config=${file}`, '--port=80'], environment);
    expect(code).toBe(0);
    const rows = new Map(output.split('\n').map((line) => [line.split(/ {2,}/)[0], line.split(/ {2,}/).slice(1)]));
    expect(rows.get('server.port')).toEqual(['80', 'flag --server.port']);
    expect(rows.get('server.host')).toEqual(['"0.0.0.0"', 'default']);
    expect(rows.get('rooms.max_rooms')).toEqual(['7', file]);
    expect(rows.get('auth.secret')).toEqual(['"(hidden)"', 'environment BITBASEL_AUTH_SECRET']);
    expect(rows.get('tls.cert')).toEqual(['none', 'default']);
    for (const secret of Object.values(secrets)) expect(output).not.toContain(secret);
  });

  it('names what is wrong as at the start, and exits with 1', async () => {
    const { code, output } = await bitbasel(['config', '--server.prot=1'], { BITBASEL_AUTH_SECRET: 'too-short' });
    expect(code).toBe(1);
    expect(output).toContain('flags: --server.prot: unknown flag (did you mean --server.port?)');
    expect(output).toContain('environment BITBASEL_AUTH_SECRET: auth.secret: "(hidden)" is not valid');
    const start = await bitbasel(['--server.prot=1'], { BITBASEL_AUTH_SECRET: 'too-short' });
    expect(start).toEqual({ code: 2, output });
  });
});

it('--help lists the commands, and each tells of itself', async () => {
  const { output } = await bitbasel(['--help']);
  for (const [name, { summary }] of commands) {
    expect(output).toMatch(new RegExp(`bitbasel ${name} +${summary}`));
    expect(await bitbasel([name, '--help'])).toEqual({
      code: 0,
      output: expect.stringMatching(new RegExp(`^Usage: bitbasel ${name}`)),
    });
  }
});
