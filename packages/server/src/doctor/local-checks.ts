import type { Config } from '../config/schema.ts';
import { checkCertificate } from './checks/certificate.ts';
import { checkFileDescriptors } from './checks/file-descriptors.ts';
import { checkNodeVersion } from './checks/node-version.ts';
import { checkPublicAddress } from './checks/public-address.ts';
import { checkSocketBuffers } from './checks/socket-buffers.ts';
import type { Finding } from './finding.ts';

/** The checks that take no time: the server runs them at its start as well. */
export function checkLocally(config: Config, nowMs: number): Finding[] {
  return [
    checkNodeVersion(),
    checkFileDescriptors(config),
    checkSocketBuffers(),
    checkPublicAddress(config),
    checkCertificate(config, nowMs),
  ];
}
