import { type Fingerprint, type IceCredentials, TransportError } from './transport.ts';

/** Hash lengths in bytes of the algorithms that can be verified (RFC 8122, section 5; MD2 and MD5 are broken). */
const hashLengthBytes: ReadonlyMap<string, number> = new Map([
  ['sha-1', 20],
  ['sha-224', 28],
  ['sha-256', 32],
  ['sha-384', 48],
  ['sha-512', 64],
]);

/** @throws TransportError `bad_remote_parameters` */
export function checkIceCredentials({ ufrag, pwd }: IceCredentials): void {
  checkIceAttribute('ufrag', ufrag, 4);
  checkIceAttribute('password', pwd, 22);
}

/**
 * RFC 8839 asks for `ice-char`s, but some clients use more of ASCII. What must not pass is whatever ends or splits the
 * line (a space, a line break) and the colon that separates the ufrags in a STUN username (RFC 8445, section 7.2.2).
 */
function checkIceAttribute(name: string, value: string, minLength: number): void {
  if (value.length < minLength || value.length > 256 || !/^[!-9;-~]+$/.test(value)) {
    throw new TransportError('bad_remote_parameters', `The ICE ${name} must be ${minLength} to 256 visible characters`);
  }
}

/**
 * A fingerprint as it can be verified: the algorithm in small letters, the hash in capitals.
 *
 * @throws TransportError `bad_remote_parameters`
 */
export function checkFingerprint(fingerprint: Fingerprint): Fingerprint {
  const algorithm = fingerprint.algorithm.toLowerCase();
  const lengthBytes = hashLengthBytes.get(algorithm);
  if (lengthBytes === undefined) {
    throw new TransportError('bad_remote_parameters', `Unsupported fingerprint algorithm "${algorithm.slice(0, 20)}"`);
  }
  const value = fingerprint.value.toUpperCase();
  if (value.length !== lengthBytes * 3 - 1 || !/^[0-9A-F]{2}(:[0-9A-F]{2})*$/.test(value)) {
    throw new TransportError('bad_remote_parameters', `Malformed ${algorithm} fingerprint`);
  }
  return { algorithm, value };
}
