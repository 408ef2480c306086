import { createPublicKey, type KeyObject } from 'node:crypto';
import { createRemoteJWKSet, type JWTHeaderParameters } from 'jose';
import { AppError } from '../errors.ts';

export interface TokenKeyOptions {
  readonly secret?: string;
  /** PEM. */
  readonly publicKey?: string;
  readonly jwksUrl?: string;
  readonly jwksCooldownMs: number;
}

type TokenKey = KeyObject | Uint8Array | Awaited<ReturnType<ReturnType<typeof createRemoteJWKSet>>>;

/** Which key a token of this header is checked with. */
export type FindKey = (header: JWTHeaderParameters) => Promise<TokenKey>;

/** Whoever chooses the algorithm chooses the kind of key with it: a public key never serves as the secret of HS256. */
export const algorithms = ['HS256', 'RS256', 'ES256', 'EdDSA', 'Ed25519'];

/** @throws Error where the PEM text is no public key of a kind that is taken */
export function tokenKeys({ secret, publicKey, jwksUrl, jwksCooldownMs }: TokenKeyOptions): FindKey {
  const shared = secret === undefined ? undefined : new TextEncoder().encode(secret);
  const fromFile = publicKey === undefined ? undefined : readPublicKey(publicKey);
  const remote =
    jwksUrl === undefined
      ? undefined
      : createRemoteJWKSet(new URL(jwksUrl), { cooldownDuration: jwksCooldownMs, timeoutDuration: 5000 });
  return async (header) => {
    if (header.alg === 'HS256') {
      if (shared !== undefined) return shared;
    } else if (fromFile?.algorithms.includes(header.alg) && (remote === undefined || header.kid === undefined)) {
      return fromFile.key;
    } else if (remote !== undefined) {
      return remote(header);
    }
    throw new AppError('invalid_token', 'The token is signed in a way that is not taken here.');
  };
}

function readPublicKey(pem: string): { key: KeyObject; algorithms: readonly string[] } {
  if (pem.includes('PRIVATE KEY')) throw new Error('it holds a private key; give the server the public one');
  const key = createPublicKey(pem);
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa') {
    // RFC 7518, section 3.3.
    if ((details?.modulusLength ?? 0) < 2048) throw new Error('an RSA key must have 2048 bits or more');
    return { key, algorithms: ['RS256'] };
  }
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return { key, algorithms: ['ES256'] };
  if (type === 'ed25519') return { key, algorithms: ['EdDSA', 'Ed25519'] };
  throw new Error('it must be an RSA, P-256 or Ed25519 key');
}
