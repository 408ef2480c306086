import { isIPv6 } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import type { LocalCandidate } from './transport.ts';

const LOOPBACK = '127.0.0.1';

/** RFC 8445, section 5.1.2.2: the recommended type preference of host candidates. */
const HOST_TYPE_PREFERENCE = 126;
const HIGHEST_LOCAL_PREFERENCE = 65535;
/** RTP and RTCP share component 1 (RFC 5761). */
const COMPONENT = 1;

export interface CandidateOptions {
  /** The address the socket is bound to; `0.0.0.0` is every IPv4 address, `::` every address of both families. */
  readonly bindAddress: string;
  readonly port: number;
  /** Where the port is reached from outside (NAT, load balancer, container); replaces the machine's own addresses. */
  readonly announcedAddresses?: readonly string[] | undefined;
  readonly interfaces?: NodeJS.Dict<NetworkInterfaceInfo[]>;
}

/** The candidates that every session offers, best first. */
export function localCandidates(options: CandidateOptions): LocalCandidate[] {
  return reachableAddresses(options).map((address, index) => ({
    address,
    port: options.port,
    protocol: 'udp',
    type: 'host',
    priority: hostPriority(HIGHEST_LOCAL_PREFERENCE - index),
    foundation: String(index + 1),
  }));
}

function reachableAddresses({ bindAddress, announcedAddresses, interfaces }: CandidateOptions): string[] {
  if (announcedAddresses !== undefined && announcedAddresses.length > 0) return [...announcedAddresses];
  if (bindAddress !== '0.0.0.0' && bindAddress !== '::') return [bindAddress];
  const external = Object.values(interfaces ?? networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((info) => !info.internal && (info.family === 'IPv4' || bindAddress === '::') && !isLinkLocal(info.address))
    .map((info) => info.address);
  // Loopback comes last: RFC 8445, section 5.1.1.1, leaves it out, but without it a browser on a machine that has no
  // network could not watch its own server.
  return [...external, LOOPBACK];
}

/** Link-local IPv6 addresses need a zone, which a candidate line cannot carry (RFC 8839, section 5.1). */
function isLinkLocal(address: string): boolean {
  return isIPv6(address) && /^fe[89ab]/i.test(address);
}

/** RFC 8445, section 5.1.2.1. Multiplied, because the result does not fit into a signed 32-bit shift. */
function hostPriority(localPreference: number): number {
  return HOST_TYPE_PREFERENCE * 2 ** 24 + localPreference * 2 ** 8 + (256 - COMPONENT);
}
