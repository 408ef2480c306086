import type { ChatError, ChatPerson, ChatTarget } from '/sdk/index.js';

/** What somebody is called here. Names are claims: beside them stands the role, which is the server's word. */
export function displayName({ name, identity, role, session_id }: ChatPerson): string {
  if (name !== null) return name;
  if (role === 'system') return 'Announcement';
  return identity ?? `Guest ${(session_id ?? '').slice(-4)}`;
}

const roleNames: Partial<Record<ChatPerson['role'], string>> = { host: 'Host', moderator: 'Moderator' };

/** To stand beside the name; empty for viewers. */
export function roleName(role: ChatPerson['role']): string {
  return roleNames[role] ?? '';
}

/** By identity where there is one: that holds when somebody comes back. Undefined for the backend. */
export function targetOf({ identity, session_id }: ChatPerson): ChatTarget | undefined {
  if (identity !== null) return { identity };
  return session_id === null ? undefined : { sessionId: session_id };
}

/** Stands for somebody, in a set of those who are muted. */
export function targetKey(target: ChatTarget): string {
  return 'identity' in target ? `identity ${target.identity}` : `session ${target.sessionId}`;
}

/** Why a message was not sent, for whoever wrote it. */
export function refusalText({
  code,
  message,
  retryAfterSeconds,
}: Pick<ChatError, 'code' | 'message' | 'retryAfterSeconds'>): string {
  const again = retryAfterSeconds === undefined ? 'in a moment' : `in ${Math.ceil(retryAfterSeconds)} s`;
  if (code === 'chat_slow_mode') return `Slow mode is on: send it again ${again}.`;
  if (code === 'rate_limited') return `That was quick: send it again ${again}.`;
  if (code === 'chat_busy') return `Very much is being said here: send it again ${again}.`;
  if (code === 'chat_muted') return 'You were muted in this chat.';
  if (code === 'signaling_lost') return 'There is no connection right now: send it again when the stream is back.';
  return message;
}

/** For the next visit; undefined where the browser keeps nothing, or nothing was kept. */
export function rememberedName(storage: Pick<Storage, 'getItem'>): string | undefined {
  try {
    return storage.getItem('bitbasel-name') || undefined;
  } catch {
    return undefined;
  }
}

export function rememberName(storage: Pick<Storage, 'setItem'>, name: string): void {
  try {
    storage.setItem('bitbasel-name', name);
  } catch {
    // It holds for this visit then.
  }
}
