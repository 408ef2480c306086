import { randomBytes } from 'node:crypto';
import type { IceCredentials } from './transport.ts';

/**
 * Fresh ICE credentials. The standard base64 alphabet is exactly the `ice-char` of RFC 8839, section 5.4, and lengths
 * that are multiples of three bytes leave no padding. The ufrag finds the session among all those on the port, so it is
 * longer than the four characters asked for: 72 bits. The password has 144 bits, where 128 are asked for.
 */
export function createIceCredentials(): IceCredentials {
  return { ufrag: randomBytes(9).toString('base64'), pwd: randomBytes(18).toString('base64') };
}
