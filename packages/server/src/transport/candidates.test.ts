import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { localCandidates } from './candidates.ts';

function info(address: string, internal = false): NetworkInterfaceInfo {
  const common = { address, netmask: '', mac: '', internal, cidr: null };
  return address.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
}

const interfaces = {
  lo: [info('127.0.0.1', true), info('::1', true)],
  eth0: [info('192.0.2.7'), info('2001:db8::7'), info('fe80::7')],
  tun0: [info('10.0.0.7')],
};

function addresses(bindAddress: string, announcedAddresses?: string[]): string[] {
  return localCandidates({ bindAddress, port: 5000, announcedAddresses, interfaces }).map(({ address }) => address);
}

describe('localCandidates', () => {
  it('announces what is configured, and only that', () => {
    expect(addresses('0.0.0.0', ['203.0.113.1', '203.0.113.2'])).toEqual(['203.0.113.1', '203.0.113.2']);
  });

  it('takes the bound address where nothing is configured', () => {
    expect(addresses('192.0.2.7')).toEqual(['192.0.2.7']);
    expect(addresses('192.0.2.7', [])).toEqual(['192.0.2.7']);
  });

  it('lists every address of a wildcard, loopback last', () => {
    expect(addresses('0.0.0.0')).toEqual(['192.0.2.7', '10.0.0.7', '127.0.0.1']);
    expect(addresses('::')).toEqual(['192.0.2.7', '2001:db8::7', '10.0.0.7', '127.0.0.1']);
  });

  it('ranks them by RFC 8445, section 5.1.2', () => {
    const candidates = localCandidates({ bindAddress: '0.0.0.0', port: 5000, interfaces });
    // The priority that every implementation gives to its first host candidate.
    expect(candidates[0]).toEqual({
      address: '192.0.2.7',
      port: 5000,
      protocol: 'udp',
      type: 'host',
      priority: 2130706431,
      foundation: '1',
    });
    expect(candidates.map(({ priority }) => priority)).toEqual([2130706431, 2130706175, 2130705919]);
    expect(new Set(candidates.map(({ foundation }) => foundation)).size).toBe(3);
  });
});
