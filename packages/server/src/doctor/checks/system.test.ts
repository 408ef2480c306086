import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { NetworkInterfaceInfo } from 'node:os';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configSchema } from '../../config/schema.ts';
import { checkFileDescriptors } from './file-descriptors.ts';
import { checkNodeVersion } from './node-version.ts';
import { checkPublicAddress } from './public-address.ts';
import { checkSocketBuffers } from './socket-buffers.ts';

it.each([
  ['24.0.0', 'ok'],
  ['25.1.0', 'ok'],
  ['22.19.0', 'failed'],
])('Node %s is %s', (version, verdict) => {
  expect(checkNodeVersion(version).verdict).toBe(verdict);
});

it.each([
  [1199, 'failed'],
  [1200, 'warning'],
  [2199, 'warning'],
  [2200, 'ok'],
  [Number.POSITIVE_INFINITY, 'ok'],
])('%s files for 1000 connections are %s', (limit, verdict) => {
  const finding = checkFileDescriptors(configSchema.parse({}), limit);
  expect(finding.verdict).toBe(verdict);
  if (verdict !== 'ok') expect(finding.advice).toContain('LimitNOFILE=2200');
});

describe('UDP buffers', () => {
  const check = (limits: Record<string, string>) => {
    const folder = mkdtempSync(join(tmpdir(), 'bitbasel-sysctl-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const [name, text] of Object.entries(limits)) writeFileSync(join(folder, name), text);
    return checkSocketBuffers(folder);
  };

  it('are too small as Debian has them, and the advice names the setting', () => {
    const finding = check({ rmem_max: '212992\n', wmem_max: '1048576\n' });
    expect(finding.verdict).toBe('warning');
    expect(finding.advice).toContain('sysctl -w net.core.rmem_max=1048576,');
  });

  it('are fine from what the media port asks for', () => {
    expect(check({ rmem_max: '1048576\n', wmem_max: '4194304\n' }).verdict).toBe('ok');
  });

  it('are passed over where the system does not tell', () => {
    expect(check({}).verdict).toBe('skipped');
  });
});

describe('the public address', () => {
  const card = (address: string): NetworkInterfaceInfo => ({
    ...{ address, netmask: '255.255.255.0', family: 'IPv4', mac: '00:00:00:00:00:01', internal: false },
    cidr: `${address}/24`,
  });
  const check = (settings: object, ...addresses: string[]) =>
    checkPublicAddress(configSchema.parse(settings), { eth0: addresses.map(card) });

  it('of a machine with private ones alone is missing', () => {
    const finding = check({}, '10.0.0.5', '172.16.1.1');
    expect(finding.verdict).toBe('warning');
    expect(finding.detail).toContain('10.0.0.5, 172.16.1.1');
    expect(finding.advice).toContain('media.public_addresses');
  });

  it('of a machine without any network is missing', () => {
    expect(check({})).toMatchObject({ verdict: 'warning', detail: expect.stringContaining('no address but loopback') });
  });

  it('is missing where media is bound to loopback and HTTP is not', () => {
    expect(check({ media: { host: '127.0.0.1' } }, '203.0.113.7').advice).toContain('media.host');
  });

  it('that is configured may be private and wrong too', () => {
    expect(check({ media: { public_addresses: ['192.168.1.2'] } }, '203.0.113.7').verdict).toBe('warning');
  });

  it.each<[string, object, string]>([
    ['of the machine', {}, '203.0.113.7'],
    ['of the settings', { media: { public_addresses: ['203.0.113.7'] } }, '10.0.0.5'],
    ['is not needed on loopback', { server: { host: '127.0.0.1' } }, '10.0.0.5'],
  ])('%s is fine', (_what, settings, address) => {
    expect(check(settings, address).verdict).toBe('ok');
  });
});
