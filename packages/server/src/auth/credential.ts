import type { Grant } from '@bitbasel/protocol';

/** What a token limits of its bearer's media, in the units of the SFU. */
export interface QualityCaps {
  readonly maxHeight?: number;
  readonly maxBitrateBps?: number;
  readonly maxFramerate?: number;
}

/** What the bearer of a credential is in the chats of its rooms. */
export interface ChatStanding {
  readonly role: 'host' | 'moderator' | 'viewer';
  /** May moderate hosts too. */
  readonly manages: boolean;
}

/** What a good token says, or a resume secret that came from one. */
export interface Credential {
  /** `jti`; null where the token has none. */
  readonly tokenId: string | null;
  /** `sub`; null where the token has none. */
  readonly subject: string | null;
  /** `name`, to be shown to others; null where the token has none. */
  readonly name: string | null;
  readonly grants: readonly Grant[];
  /** A room id or a pattern. */
  readonly rooms: string;
  readonly caps: QualityCaps;
  readonly expiresAtMs: number;
  /** Tells tokens without `jti` and `sub` apart: no part of it leads back to the token. */
  readonly digest: string;
  /** Of a resume secret, whose grants are fewer than those of its token. */
  readonly chat?: ChatStanding;
}

export function chatStandingOf({ chat, grants }: Credential): ChatStanding {
  if (chat !== undefined) return chat;
  const manages = grants.includes('manage');
  return { role: grants.includes('publish') ? 'host' : manages ? 'moderator' : 'viewer', manages };
}

/** A bearer's tokens after a fresh one: those that have not expired, the latest last. Nothing changes by an older one. */
export function renewed(credentials: readonly Credential[], fresh: Credential, nowMs: number): readonly Credential[] {
  if (fresh.expiresAtMs <= (credentials.at(-1)?.expiresAtMs ?? 0)) return credentials;
  return [...credentials.filter(({ expiresAtMs }) => expiresAtMs > nowMs), fresh];
}
