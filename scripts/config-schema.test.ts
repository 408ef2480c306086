import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../packages/server/src/config/schema.ts';
import { settings } from '../packages/server/src/config/settings.ts';
import { repositoryRoot } from './api-documents.ts';

// What an editor makes of configuration files, by the schema that is in the repository and in the package.

const read = (path: string) => readFileSync(resolve(repositoryRoot, path), 'utf8');
const schema = JSON.parse(read('packages/server/config.schema.json'));
const ajv = new Ajv({ strictTypes: false, allErrors: true });
formats.default(ajv);
const accepts = ajv.compile(schema);

/** Where it sees a fault. */
function faults(value: unknown): string[] {
  return accepts(value) ? [] : (accepts.errors ?? []).map(({ instancePath }) => instancePath);
}

function documented(): unknown {
  const [, text = ''] =
    /```json\n(\{\s+"server":[\s\S]*?)```/.exec(read('docs/contract/001_309f4195cf6352f8.txt')) ?? [];
  return JSON.parse(text);
}

describe('config.schema.json', () => {
  it.each([
    ['deploy/config/config.json', () => JSON.parse(read('deploy/config/config.json'))],
    ['the configuration in docs/contract', documented],
    ['nothing but defaults', () => ({})],
  ])('accepts %s, as the server does', (_what, value) => {
    expect(faults(value())).toEqual([]);
    const { $schema, ...config } = value();
    expect(configSchema.safeParse(config).error).toBeUndefined();
  });

  it('accepts all that the server starts with by default', () => {
    expect(faults(configSchema.parse({}))).toEqual([]);
  });

  it.each<[string, object]>([
    ['/server/port', { server: { port: 65_536 } }],
    ['/server', { server: { prot: 1 } }],
    ['', { sever: {} }],
    ['/video/codec', { video: { codec: 'H265' } }],
    ['/turn/secret', { turn: { secret: 'short' } }],
    ['/webhooks/endpoints/0', { webhooks: { endpoints: [{ url: 'https://example.org' }] } }],
    ['/ice_servers/0/urls', { ice_servers: [{ urls: 'http://x' }] }],
  ])('marks what is wrong, at %s', (place, value) => {
    expect(faults(value)).toContain(place);
  });

  it('has the help text of every setting, and its default', () => {
    for (const { key, help } of settings) {
      const [section = '', name] = key.split('.');
      const found = name === undefined ? schema.properties[section] : schema.properties[section].properties[name];
      expect(found.description, key).toContain(help);
      const value = key.split('.').reduce<unknown>((at, part) => Object(at)[part], configSchema.parse({}));
      expect(found.default, key).toEqual(value);
    }
  });
});
