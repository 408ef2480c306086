import type { Credential } from './credential.ts';

const pruneEvery = 1000;

/** Who was kicked, until the token that it came with has expired by itself. */
export class Revocations {
  readonly #nowMs: () => number;
  readonly #untilMs = new Map<string, number>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Its token by `jti`; without one, whoever has that `sub` in that room; without either, the very token. */
  revoke(credential: Credential, roomId: string): void {
    const key = revokedBy(credential, roomId);
    this.#untilMs.set(key, Math.max(credential.expiresAtMs, this.#untilMs.get(key) ?? 0));
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
