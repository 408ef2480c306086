import type { ChatPerson, ChatRole, ServerMessage } from '@bitbasel/protocol';
import type { Credential } from '../../auth/credential.ts';

/** Where what is told to many at once is delivered. */
export interface ChatReceiver {
  /** A message as it goes over the wire, the same bytes for everybody. Must not throw. */
  deliver(frame: Buffer): void;
}

/** One client that takes part in a room's chat. */
export interface ChatMember extends ChatReceiver {
  /** Public. */
  readonly sessionId: string;
  readonly identity: string | null;
  /** A token says so; else it is the client's own word. */
  readonly isProven: boolean;
  readonly name: string | null;
  /** Asked each time: without tokens, who the host is changes. */
  readonly role: ChatRole;
  /** May moderate hosts and moderators too. */
  readonly manages: boolean;
  /** As rate limits count it. */
  readonly address: string;
  /** The tokens that it has shown. */
  readonly credentials: readonly Credential[];
  send(message: ServerMessage): void;
  /** Ends its media and its socket, and tells it why. */
  kick(): void;
}

export function personOf({ sessionId, identity, name, role }: ChatMember): ChatPerson {
  return { session_id: sessionId, identity, name, role };
}

/**
 * What a member is known by when it comes back: its identity where that is proven, else all that it may not have changed.
 * So anonymous people behind one address are muted together.
 */
export function keysOf({ identity, isProven, sessionId, address }: ChatMember): string[] {
  const byIdentity = identity === null ? [] : [identityKey(identity)];
  return isProven && identity !== null ? byIdentity : [...byIdentity, sessionKey(sessionId), `address ${address}`];
}

export const identityKey = (identity: string) => `identity ${identity}`;
export const sessionKey = (sessionId: string) => `session ${sessionId}`;
