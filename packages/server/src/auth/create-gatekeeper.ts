import { readFileSync } from 'node:fs';
import type { Config } from '../config/schema.ts';
import { Gatekeeper, type GatekeeperOptions, type Times } from './gatekeeper.ts';
import { tokenKeys } from './token-keys.ts';
import { TokenVerifier } from './token-verifier.ts';

/** @throws Error that says what is wrong with the key file */
export function createGatekeeper(
  { auth }: Config,
  { nowMs, wallMs }: Times,
  onRevoked?: GatekeeperOptions['onRevoked'],
): Gatekeeper {
  return new Gatekeeper({
    verifier: createVerifier(auth, wallMs),
    endsOnExpiry: auth.end_sessions_on_expiry,
    resumeGraceMs: auth.resume_grace_seconds * 1000,
    ticketTtlMs: auth.ticket_ttl_seconds * 1000,
    nowMs,
    wallMs,
    ...(onRevoked && { onRevoked }),
  });
}

function createVerifier(auth: Config['auth'], nowMs: () => number): TokenVerifier | undefined {
  const { secret, key_file, jwks_url, jwks_cooldown_seconds, issuer, audience } = auth;
  if (secret === undefined && key_file === undefined && jwks_url === undefined) return undefined;
  const keys = tokenKeys({
    ...(secret === undefined ? {} : { secret }),
    ...(key_file === undefined ? {} : { publicKey: readFileSync(key_file, 'utf8') }),
    ...(jwks_url === undefined ? {} : { jwksUrl: jwks_url }),
    jwksCooldownMs: jwks_cooldown_seconds * 1000,
  });
  return new TokenVerifier({ keys, issuer, audience, nowMs });
}
