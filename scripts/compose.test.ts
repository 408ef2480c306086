import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../packages/server/src/config/load.ts';

// There may be no Docker engine here: the file is read, and what it sets is given to the server's own configuration.

const folder = resolve(import.meta.dirname, '../deploy/compose');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

interface Compose {
  readonly services: Readonly<
    Record<string, { network_mode: string; environment?: Record<string, string>; command: string[] }>
  >;
}

describe('deploy/compose', () => {
  const text = read('compose.yaml');
  const { services } = parse(text) as Compose;
  const variables = { PUBLIC_ADDRESS: '203.0.113.7', TURN_NAME: 'media.example.org', TURN_SECRET: 'sixteen letters!' };
  const fill = (value: string) =>
    value.replaceAll(/\$\{(\w+)(?::\?[^}]*)?\}/g, (_, name: string) => Object(variables)[name] ?? '/tls');

  it('has every variable that it needs in .env.example', () => {
    const needed = new Set(Array.from(text.matchAll(/\$\{(\w+)/g), ([, name]) => name));
    const offered = Array.from(read('.env.example').matchAll(/^(\w+)=/gm), ([, name]) => name);
    expect(offered.sort()).toEqual([...needed].sort());
  });

  it('gives the server settings that it takes', () => {
    const environment = Object.entries(services.media?.environment ?? {}).map(([name, value]) => [name, fill(value)]);
    const flags = { values: {}, faults: [], nameOf: String };
    const config = loadConfig({ environment: Object.fromEntries(environment), flags, configPath: undefined });
    expect(config.media.public_addresses).toEqual(['203.0.113.7']);
    expect(config.turn).toMatchObject({ secret: 'sixteen letters!' });
    expect(config.turn.urls).toHaveLength(3);
    expect(config.tls).toEqual({ cert: '/tls/fullchain.pem', key: '/tls/privkey.pem' });
  });

  it('starts coturn with the same secret, on the ports that the server tells', () => {
    const command = services.coturn?.command.map(fill) ?? [];
    expect(command).toContain('--static-auth-secret=sixteen letters!');
    const urls = fill(services.media?.environment?.BITBASEL_TURN_URLS ?? '');
    for (const [, port] of read('coturn.conf').matchAll(/^(?:tls-)?listening-port=(\d+)$/gm))
      expect(urls).toContain(`:${port}?`);
  });

  it('keeps the relay out of private networks', () => {
    for (const start of ['10.0.0.0', '127.0.0.0', '169.254.0.0', '172.16.0.0', '192.168.0.0'])
      expect(read('coturn.conf')).toMatch(new RegExp(`^denied-peer-ip=${start}-`, 'm'));
  });
});
