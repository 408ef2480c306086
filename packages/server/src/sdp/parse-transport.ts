import type { SessionDescription } from 'sdp-transform';
import type { Fingerprint, IceCredentials } from '../transport/transport.ts';
import { malformed } from './parse-values.ts';

/** RFC 8839, section 5.4: ufrag 4 to 256, pwd 22 to 256 characters. */
export function parseIce(
  level: Pick<SessionDescription, 'iceUfrag' | 'icePwd'>,
  refuse = malformed,
): IceCredentials | undefined {
  if (level.iceUfrag === undefined && level.icePwd === undefined) return undefined;
  const ufrag = String(level.iceUfrag ?? '');
  const pwd = String(level.icePwd ?? '');
  if (!/^[!-~]{4,256}$/.test(ufrag)) throw refuse('a=ice-ufrag has 4 to 256 characters, and stands beside a=ice-pwd');
  if (!/^[!-~]{22,256}$/.test(pwd)) throw refuse('a=ice-pwd has 22 to 256 characters, and stands beside a=ice-ufrag');
  return { ufrag, pwd };
}

/** Octets of the hash functions that RFC 8122 names and TLS stacks still take. */
const hashLengths: ReadonlyMap<string, number> = new Map([
  ['sha-1', 20],
  ['sha-224', 28],
  ['sha-256', 32],
  ['sha-384', 48],
  ['sha-512', 64],
]);

export function parseFingerprint(level: Pick<SessionDescription, 'fingerprint'>): Fingerprint | undefined {
  if (level.fingerprint === undefined) return undefined;
  const algorithm = String(level.fingerprint.type).toLowerCase();
  const value = String(level.fingerprint.hash).toUpperCase();
  const length = hashLengths.get(algorithm);
  if (length === undefined) throw malformed(`a=fingerprint: ${[...hashLengths.keys()].join(', ')} are known`);
  if (!/^[0-9A-F]{2}(:[0-9A-F]{2})*$/.test(value) || value.length !== length * 3 - 1) {
    throw malformed(`a=fingerprint: ${algorithm} has ${length} octets of two hex digits, joined by colons`);
  }
  return { algorithm, value };
}
