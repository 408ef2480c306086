import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../packages/server/src/config/load.ts';

// What deploy/ tells a server is given to the server's own configuration, and compared with what the rest of it says.

const folder = resolve(import.meta.dirname, '../deploy');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const noFlags = { values: {}, faults: [], nameOf: String };

interface Container {
  readonly image: string;
  readonly env: readonly { name: string; value?: string }[];
  readonly ports: readonly { name: string; containerPort: number; protocol: string }[];
  readonly livenessProbe: { httpGet: { path: string } };
  readonly readinessProbe: { httpGet: { path: string } };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template: {
      readonly spec: { terminationGracePeriodSeconds: number; containers: readonly [Container] };
    };
  };
}

const manifests = (name: string) =>
  parseAllDocuments(read(`kubernetes/${name}`)).map((document) => document.toJS() as Manifest);
const ofKind = (all: readonly Manifest[], kind: string) => all.find((manifest) => manifest.kind === kind);

describe('deploy/kubernetes', () => {
  const config = manifests('config.yaml');
  const pod = ofKind(manifests('server.yaml'), 'StatefulSet')?.spec?.template.spec;
  const container = pod?.containers[0];

  function settings() {
    const json = ofKind(config, 'ConfigMap')?.data?.['config.json'] ?? '';
    const variables = Object.fromEntries(
      (container?.env ?? []).flatMap(({ name, value }) =>
        value !== undefined && name.startsWith('BITBASEL_')
          ? [[name, value.replace('$(NODE_ADDRESS)', '203.0.113.7')]]
          : [],
      ),
    );
    const secret = ofKind(config, 'Secret')?.stringData ?? {};
    return { json: JSON.parse(json) as object, environment: { ...variables, ...secret } };
  }

  it('gives the server settings that it takes, and time to drain', () => {
    const { json, environment } = settings();
    const flat = Object.entries(json).flatMap(([section, values]: [string, object]) =>
      Object.entries(values).map(([key, value]) => [
        `BITBASEL_${section}_${key}`.toUpperCase(),
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    );
    const loaded = loadConfig({
      environment: { ...Object.fromEntries(flat), ...environment },
      flags: noFlags,
      configPath: undefined,
    });
    expect(loaded.media.public_addresses).toEqual(['203.0.113.7']);
    expect(loaded.server.trust_proxy).toBe(true);
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(loaded.drain.deadline_seconds + 5);
    const ports = container?.ports.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`);
    expect(ports).toEqual([`${loaded.server.port}/TCP`, `${loaded.media.port}/UDP`]);
  });

  it('asks for life and readiness where the server answers', () => {
    expect(container?.livenessProbe.httpGet.path).toBe('/health/live');
    expect(container?.readinessProbe.httpGet.path).toBe('/health/ready');
  });

  it('names the image that its Dockerfile says how to build', () => {
    expect(read('kubernetes/Dockerfile')).toContain(`-t ${container?.image} .`);
  });
});

describe('deploy/systemd', () => {
  const unit = read('systemd/bitbasel.service');
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1];

  it('gives the server time to drain, and asks it once: by the second SIGTERM it ends at once', () => {
    const { drain } = loadConfig({ environment: {}, flags: noFlags, configPath: undefined });
    expect(Number(value('TimeoutStopSec'))).toBeGreaterThan(drain.deadline_seconds + 5);
    expect(value('KillMode')).toBe('mixed');
  });

  it('keeps its history where it may write', () => {
    expect(value('Environment')).toBe('BITBASEL_HISTORY_PATH=/var/lib/bitbasel/history.sqlite');
    expect(value('StateDirectory')).toBe('bitbasel');
  });
});
