import { randomUUID } from 'node:crypto';
import { type TokenClaims, tokenClaimsSchema } from '@bitbasel/protocol';
import { SignJWT } from 'jose';

/** What a token is to say; its times and its id are added. */
export type TokenContent = Omit<TokenClaims, 'exp' | 'jti'>;

/** A token signed with the shared secret (HS256), with an id of its own by which it can be revoked. */
export function signToken(
  content: TokenContent,
  secret: string,
  { ttlSeconds, nowMs, issuer, audience }: { ttlSeconds: number; nowMs: number; issuer?: string; audience?: string },
): Promise<string> {
  const issuedAt = Math.floor(nowMs / 1000);
  const { sub, ...claims } = tokenClaimsSchema.parse({ ...content, exp: issuedAt + ttlSeconds });
  const token = new SignJWT({ ...claims, jti: randomUUID(), ...(sub === undefined ? {} : { sub }) })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(issuedAt);
  if (issuer !== undefined) token.setIssuer(issuer);
  if (audience !== undefined) token.setAudience(audience);
  return token.sign(new TextEncoder().encode(secret));
}
