import { type ChatMessage, postChatSchema, type RoomChatInfo } from '@bitbasel/protocol';
import type { FastifyInstance } from 'fastify';
import type { RoomRegistry } from '../rooms/room-registry.ts';
import { validate } from '../validation.ts';
import { inRoom } from './access.ts';

interface ChatRoute {
  Params: { room: string };
}

interface ChatMessageRoute {
  Params: { room: string; message: string };
}

/** A room's chat for the backend: what was said, a word of its own, and the removal of a message. */
export async function chatRoutes(app: FastifyInstance, { rooms }: { rooms: RoomRegistry }): Promise<void> {
  app.get<ChatRoute>(
    '/rooms/:room/chat',
    { config: { access: inRoom('manage', 'watch') } },
    async ({ params }): Promise<RoomChatInfo> => rooms.get(params.room).chat.info(),
  );

  const config = { access: inRoom('manage'), limit: 'session_changes' } as const;
  app.post<ChatRoute>('/rooms/:room/chat', { config }, async ({ params, body }, reply): Promise<ChatMessage> => {
    const { text, name = null } = validate(postChatSchema, body);
    const message = rooms.get(params.room).chat.announce(text, name);
    reply.code(201);
    return message;
  });

  app.delete<ChatMessageRoute>('/rooms/:room/chat/:message', { config }, async ({ params }) => {
    rooms.get(params.room).chat.remove(params.message);
    return { status: 'removed', message_id: params.message };
  });
}
