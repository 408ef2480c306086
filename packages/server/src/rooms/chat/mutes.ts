import { type ChatMember, identityKey, keysOf, sessionKey } from './chat-member.ts';

/** Somebody, by the one or the other. */
export type Target = { readonly identity: string } | { readonly sessionId: string };

const mostMutes = 10_000;

/** Who may not speak in a room; kept when they go, and when they come back. */
export class Mutes {
  /** Each holds all keys that were muted together with it. */
  readonly #byKey = new Map<string, readonly string[]>();

  /** @param members those that are there under that name */
  mute(target: Target, members: readonly ChatMember[]): void {
    const keys = [keyOf(target), ...members.flatMap(keysOf)];
    for (const key of keys) this.#byKey.set(key, keys);
    // Beyond the bound the oldest are forgotten.
    for (const key of this.#byKey.keys()) {
      if (this.#byKey.size <= mostMutes) break;
      this.#byKey.delete(key);
    }
  }

  unmute(target: Target, members: readonly ChatMember[]): void {
    for (const key of [keyOf(target), ...members.flatMap(keysOf)])
      for (const together of this.#byKey.get(key) ?? []) this.#byKey.delete(together);
  }

  has(member: ChatMember): boolean {
    return keysOf(member).some((key) => this.#byKey.has(key));
  }
}

export function isTarget({ identity, sessionId }: ChatMember, target: Target): boolean {
  return 'identity' in target ? identity === target.identity : sessionId === target.sessionId;
}

function keyOf(target: Target): string {
  return 'identity' in target ? identityKey(target.identity) : sessionKey(target.sessionId);
}
