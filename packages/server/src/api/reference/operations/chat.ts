import { chatMessageSchema, chatRemovedSchema, postChatSchema, roomChatSchema } from '@bitbasel/protocol';
import type { Resource } from '../operation.ts';

export const chatOperations: Resource = {
  tag: 'Chat',
  description: 'What is said in a room. Clients chat over WebSocket; these calls are for backends.',
  operations: {
    'GET /rooms/{room_id}/chat': {
      id: 'getChat',
      summary: 'The last messages of a room, and how its chat is set',
      answers: { 200: { description: 'The chat', json: roomChatSchema } },
      errors: ['room_not_found'],
    },
    'POST /rooms/{room_id}/chat': {
      id: 'postChat',
      summary: 'Say something to everybody in the chat, as the system',
      json: postChatSchema,
      answers: { 201: { description: 'The message', json: chatMessageSchema } },
      errors: ['room_not_found', 'chat_disabled', 'chat_text_refused', 'chat_busy'],
    },
    'DELETE /rooms/{room_id}/chat/{message_id}': {
      id: 'removeChatMessage',
      summary: 'Remove a message from the history, and from where it is shown',
      answers: { 200: { description: 'Removed', json: chatRemovedSchema } },
      errors: ['room_not_found', 'chat_message_not_found'],
    },
  },
};
