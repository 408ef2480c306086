import { createHmac, randomBytes } from 'node:crypto';
import type { IceServer } from '@bitbasel/protocol';
import type { Config } from '../config/schema.ts';
import { isLoopback } from '../loopback.ts';

/**
 * The ICE servers that a peer is told of: those of the settings, and the TURN servers with a credential of the peer's
 * own. While media is bound to this machine alone, a STUN server elsewhere has nothing to tell that is of use, and
 * would only learn who is here: it is left out.
 */
export function iceServersFor(config: Config, userId: string | null, nowMs: number): IceServer[] {
  const isLocal = isLoopback(config.media.host ?? config.server.host) && config.media.public_addresses.length === 0;
  const listed = config.ice_servers.flatMap((server) => {
    const urls = isLocal
      ? server.urls.filter((url) => !url.startsWith('stun') || isLoopback(hostOf(url)))
      : server.urls;
    return urls.length > 0 ? [{ ...server, urls }] : [];
  });
  const { urls, secret, ttl_seconds: ttlSeconds } = config.turn;
  if (urls.length === 0 || secret === undefined) return listed;
  return [...listed, { urls: [...urls], ...turnCredential(secret, userId, Math.floor(nowMs / 1000) + ttlSeconds) }];
}

/**
 * The time-limited credential that coturn and others know as the TURN REST API: the user name is the time of its
 * expiry, in seconds since 1970, and a name; the password is the HMAC-SHA1 of that by the shared secret. Without a user
 * the name is a random one, because TURN servers count allocations by it.
 */
export function turnCredential(secret: string, userId: string | null, expiresAt: number) {
  const name = (userId ?? randomBytes(9).toString('base64url')).replaceAll(/[^\w.@-]/g, '_').slice(0, 64);
  const username = `${expiresAt}:${name}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}

/** Of `stun:host:port` or `stun:[::1]:port`. */
function hostOf(url: string): string {
  const [, bracketed, plain = ''] = /^stuns?:(?:\[([^\]]*)\]|([^:?]*))/.exec(url) ?? [];
  return bracketed ?? plain;
}
