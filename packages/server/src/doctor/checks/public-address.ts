import { isIP } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import type { Config } from '../../config/schema.ts';
import { isLoopback } from '../../loopback.ts';
import { localCandidates } from '../../transport/candidates.ts';
import { type Finding, findingsOf } from '../finding.ts';
import { isPrivateAddress } from '../private-address.ts';

/** The addresses that sessions will offer; undefined where a name is bound, which is looked up at the start. */
export function announcedAddresses(
  { server, media }: Pick<Config, 'server' | 'media'>,
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): string[] | undefined {
  const bindAddress = media.host ?? server.host;
  if (isIP(bindAddress) === 0 && media.public_addresses.length === 0) return undefined;
  const candidates = localCandidates({
    ...{ bindAddress, port: media.port, announcedAddresses: media.public_addresses, interfaces },
  });
  return candidates.map(({ address }) => address);
}

/** Whether peers elsewhere are told an address that they can send to. */
export function checkPublicAddress(
  config: Pick<Config, 'server' | 'media'>,
  interfaces?: NodeJS.Dict<NetworkInterfaceInfo[]>,
): Finding {
  const { ok, warning, skipped } = findingsOf('public address');
  const { server, media } = config;
  const announced = announcedAddresses(config, interfaces);
  if (announced === undefined) return skipped(`media is bound to what ${server.host} stands for`);
  const told = announced.filter((address) => !isLoopback(address)).join(', ');
  const isBoundHere = isLoopback(media.host ?? server.host);
  if (isLoopback(server.host) && isBoundHere) return ok('the server is for this machine alone');
  if (isBoundHere) {
    return warning(
      `media is bound to ${media.host}, and is not reached from outside, while HTTP is`,
      'Leave out media.host, or set it to an address of the network.',
    );
  }
  if (!announced.every(isPrivateAddress)) return ok(`peers are told ${told}`);
  const what = told === '' ? 'no address but loopback' : `${told}, and nothing that is public`;
  return warning(
    `peers are told ${what}: those outside of this network get no media`,
    `Set media.public_addresses to the address that the outside sees, and forward UDP port ${media.port} to this machine; bitbasel doctor --stun=host:port shows that address. Nothing to do if all peers are in this network.`,
  );
}
