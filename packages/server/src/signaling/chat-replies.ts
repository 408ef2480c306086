import type { ClientMessage } from '@bitbasel/protocol';
import type { AppError } from '../errors.ts';

type ChatRequest = Extract<ClientMessage, { request_id?: string | undefined }>;

const chatTypes: ReadonlySet<string> = new Set<ChatRequest['type']>([
  'chat',
  'reaction',
  'chat-mute',
  'chat-unmute',
  'chat-remove',
  'kick',
]);

/** Refusals within the chat: whoever gets one may stay in the room. */
export const chatRefusals: ReadonlySet<string> = new Set(['chat_disabled', 'chat_muted', 'moderators_only']);

/** Whether an error about this message is about it alone, and not the end of what the client has. */
export function isAboutChat(message: ClientMessage | undefined): message is ChatRequest {
  return message !== undefined && chatTypes.has(message.type);
}

/** What an error says besides, so that the client knows what it answers. */
export function replyTo(message: ClientMessage | undefined, { retryAfterSeconds }: AppError) {
  if (!isAboutChat(message)) return {};
  const { type, request_id } = message;
  return {
    in_reply_to: type,
    ...(request_id !== undefined && { request_id }),
    ...(retryAfterSeconds !== undefined && { retry_after_seconds: retryAfterSeconds }),
  };
}
