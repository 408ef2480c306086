import { createHmac, randomUUID } from 'node:crypto';
import type { Grant } from '@bitbasel/protocol';

export const secret = 'the-secret-of-this-test-0123456789abcdef';

export interface TokenOptions {
  readonly room: string;
  readonly grants: readonly Grant[];
  readonly sub?: string;
  /** Null: none. Default: a new one. */
  readonly jti?: string | null;
  /** Seconds from now. */
  readonly expiresIn?: number;
  readonly notBeforeIn?: number;
  readonly caps?: object;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Written out by hand, so that the tests do not check a library with itself. */
export function token(options: TokenOptions, { key = secret, alg = 'HS256' } = {}): string {
  const { room, grants, sub, jti = randomUUID(), expiresIn = 600, notBeforeIn, caps } = options;
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    ...{ room, grants, sub, caps, exp: now + expiresIn },
    ...(jti === null ? {} : { jti }),
    ...(notBeforeIn === undefined ? {} : { nbf: now + notBeforeIn }),
  };
  const signed = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${alg === 'none' ? '' : createHmac('sha256', key).update(signed).digest('base64url')}`;
}
