import type { Credential } from './credential.ts';

const pruneEvery = 1000;

/** One who is kept out; `key` says whom, and leads back to no token. */
export interface Revocation {
  readonly key: string;
  readonly untilMs: number;
}

/** Who was kicked, until the token that it came with has expired by itself. */
export class Revocations {
  readonly #nowMs: () => number;
  readonly #untilMs = new Map<string, number>();

  readonly #onRevoked: (revocation: Revocation) => void;

  /** @param onRevoked told of each, for a server after this one */
  constructor(nowMs: () => number, onRevoked: (revocation: Revocation) => void) {
    this.#nowMs = nowMs;
    this.#onRevoked = onRevoked;
  }

  /** Goes on keeping out whom the server before this one did. */
  restore(revocations: readonly Revocation[]): void {
    for (const { key, untilMs } of revocations) this.#untilMs.set(key, untilMs);
  }

  /** Its token by `jti`; without one, whoever has that `sub` in that room; without either, the very token. */
  revoke(credential: Credential, roomId: string): void {
    const key = revokedBy(credential, roomId);
    const untilMs = Math.max(credential.expiresAtMs, this.#untilMs.get(key) ?? 0);
    this.#untilMs.set(key, untilMs);
    this.#onRevoked({ key, untilMs });
    if (this.#untilMs.size % pruneEvery === 0) this.#prune();
  }

  isTokenRevoked({ tokenId, digest }: Credential): boolean {
    return this.#has(tokenId === null ? digestKey(digest) : tokenKey(tokenId));
  }

  isIdentityRevoked({ subject }: Credential, roomId: string): boolean {
    return subject !== null && this.#has(identityKey(subject, roomId));
  }

  #has(key: string): boolean {
    const untilMs = this.#untilMs.get(key);
    return untilMs !== undefined && untilMs > this.#nowMs();
  }

  #prune(): void {
    const nowMs = this.#nowMs();
    for (const [key, untilMs] of this.#untilMs) if (untilMs <= nowMs) this.#untilMs.delete(key);
  }
}

function revokedBy({ tokenId, subject, digest }: Credential, roomId: string): string {
  if (tokenId !== null) return tokenKey(tokenId);
  return subject === null ? digestKey(digest) : identityKey(subject, roomId);
}

const tokenKey = (tokenId: string) => `token ${tokenId}`;
const digestKey = (digest: string) => `digest ${digest}`;
const identityKey = (subject: string, roomId: string) => `identity ${JSON.stringify([roomId, subject])}`;
