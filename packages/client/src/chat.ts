import type { ChatMessage, ChatPerson, ChatRole } from '@bitbasel/protocol';
import type { TypedEventTarget } from './typed-event-target.ts';

/** Who this client is in the chat, and its rules there. */
export interface ChatSeat {
  readonly session_id: string;
  readonly identity: string | null;
  readonly name: string | null;
  readonly role: ChatRole;
  readonly muted: boolean;
  /** False: only presence is told. */
  readonly enabled: boolean;
  readonly max_characters: number;
  /** Least time between two messages of one viewer; 0: none. */
  readonly slow_mode_seconds: number;
}

/** Somebody was muted, or is not any more. */
export interface MuteNotice {
  readonly muted: boolean;
  readonly identity: string | null;
  readonly session_id: string | null;
}

/** Who is there. */
export interface Presence {
  /** Viewers whose media is up, whatever they watch with. */
  readonly viewerCount: number;
  /** Clients that take part in the chat. */
  readonly memberCount: number;
  readonly hosts: readonly { identity: string | null; name: string | null }[];
  /** Who they are; null where they are too many to be told. */
  readonly members: readonly ChatPerson[] | null;
}

/** What a session wants of the chat. */
export interface ChatOptions {
  /** Take part in the chat from the start. Default: from the first message or reaction on. */
  chat?: boolean;
  /** Shown to others, where the token has no name. */
  name?: string;
}

/** What the chat tells. */
export interface ChatEvents {
  joined: ChatSeat;
  /** The last messages, in place of those that are shown: after `joined`, and after some were missed. */
  history: readonly ChatMessage[];
  /** Texts and names are plain text: show them with `textContent`, never as HTML. */
  chat: ChatMessage;
  /** The id of a message that is to be shown no more. */
  removed: string;
  muted: MuteNotice;
  /** How often each emoji was sent, by this client too, since the event before. */
  reaction: Readonly<Record<string, number>>;
  presence: Presence;
  /** A reaction was refused. All other calls tell by their promise. */
  error: ChatError;
}

/** Why the server did not do it. `code` is stable, or `signaling_lost` where there was no answer. */
export class ChatError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  /** When it may be tried again, where the server says. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: string, message: string, retryable: boolean, retryAfterSeconds?: number) {
    super(message);
    this.name = 'ChatError';
    this.code = code;
    this.retryable = retryable;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Somebody, by identity or by session; both are in `from` of a message. */
export type ChatTarget = { readonly identity: string } | { readonly sessionId: string };

/** The chat of a session's room. It goes on over reconnects. */
export interface Chat extends TypedEventTarget<ChatEvents> {
  /** Who this client is in the chat; undefined while it takes no part. */
  readonly me: ChatSeat | undefined;
  /** Resolves with the id of the message, which comes back as an event too; rejects with a ChatError. */
  send(text: string): Promise<string>;
  /** Sends one emoji. */
  react(emoji: string): void;
  /** For hosts and moderators, as all that follow; each rejects with a ChatError. */
  mute(target: ChatTarget): Promise<void>;
  unmute(target: ChatTarget): Promise<void>;
  remove(messageId: string): Promise<void>;
  /** Out of the room, media and all; its token is good no more. */
  kick(sessionId: string): Promise<void>;
}
