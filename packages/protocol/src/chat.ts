import { z } from 'zod';
import { userIdSchema } from './room.ts';

/** Most characters of a chat message that a server can be set to take. */
export const mostChatCharacters = 4000;

/** A name to show beside messages: 1 to 64 characters, none of which hides, breaks or turns the line it stands in. */
export const displayNameSchema = z
  .string()
  .regex(
    /^(?=.*[^\s\p{Cf}])[^\p{Cc}\u2028-\u202e\u2066-\u2069]{1,64}$/u,
    'must be 1 to 64 characters, not blank, without control characters',
  );

/**
 * `host`: publishes here, or has a token that may. `moderator`: has a token that manages the room. `system`: the backend.
 * It is the server's word, whatever names say.
 */
export const chatRoleSchema = z.enum(['host', 'moderator', 'viewer', 'system']);
export type ChatRole = z.infer<typeof chatRoleSchema>;

export const chatPersonSchema = z
  .object({
    session_id: z.string().nullable().describe('Public: what kick and chat-mute take; null for the backend'),
    identity: z.string().nullable().describe('The user id; null for one who did not say'),
    name: z.string().nullable().describe('To be shown as plain text; null for one who gave none'),
    role: chatRoleSchema,
  })
  .meta({ id: 'ChatPerson' });
export type ChatPerson = z.infer<typeof chatPersonSchema>;

export const chatMessageSchema = z
  .object({
    id: z.string().describe('Ids of later messages of a room sort after those of earlier ones'),
    from: chatPersonSchema,
    text: z.string().describe('Plain text: to be shown as text, never as HTML'),
    sent_at: z.string().describe('ISO 8601, UTC'),
  })
  .meta({ id: 'ChatMessage' });
export type ChatMessage = z.infer<typeof chatMessageSchema>;

/** `msg_` and 14 hexadecimal digits. */
const messageIdSchema = z.string().regex(/^msg_[0-9a-f]{14}$/, 'must be the id of a message, msg_...');
const sessionIdSchema = z.string().min(1).max(64);

/** Of the client's choice; comes back in the `chat-ack` or the `error` that answers the message. */
const requestId = z.string().min(1).max(64).optional();

/** Somebody, by identity or, also where there is none, by session. */
const person = { identity: userIdSchema.optional(), session_id: sessionIdSchema.optional(), request_id: requestId };
const namesOne = ({ identity, session_id }: { identity?: string | undefined; session_id?: string | undefined }) =>
  (identity === undefined) !== (session_id === undefined);
const onePerson = { path: ['identity'], message: 'give either identity or session_id' };

/** What a client that has joined may send about chat. Text and emoji are checked by the server's settings. */
export const chatClientMessages = [
  z.object({ type: z.literal('chat'), text: z.string(), request_id: requestId }),
  z.object({
    type: z.literal('reaction'),
    emoji: z.string().max(64).describe('One emoji'),
    request_id: requestId,
  }),
  z.object({ type: z.literal('chat-mute'), ...person }).refine(namesOne, onePerson),
  z.object({ type: z.literal('chat-unmute'), ...person }).refine(namesOne, onePerson),
  z.object({ type: z.literal('chat-remove'), message_id: messageIdSchema, request_id: requestId }),
  z.object({ type: z.literal('kick'), session_id: sessionIdSchema, request_id: requestId }),
] as const;

const hostNameSchema = z.object({ identity: z.string().nullable(), name: z.string().nullable() });

/** What the server sends about chat, to those who have asked for it. */
export const chatServerMessages = [
  z
    .object({
      type: z.literal('chat-joined'),
      ...chatPersonSchema.shape,
      session_id: z.string(),
      muted: z.boolean(),
      enabled: z.boolean().describe('False: only presence is told here'),
      max_characters: z.number().int(),
      slow_mode_seconds: z.number().int().describe('Least time between two messages of one viewer; 0: none'),
    })
    .describe('Once, to a client that takes part in the chat from now on: who it is there, and the rules'),
  z
    .object({ type: z.literal('chat-history'), messages: z.array(chatMessageSchema) })
    .describe('The last messages, oldest first: after `chat-joined`, and again after messages were missed'),
  chatMessageSchema.extend({ type: z.literal('chat') }).describe('A message, to everybody, its sender too'),
  z
    .object({ type: z.literal('chat-removed'), message_id: z.string() })
    .describe('A moderator has removed it: show it no more'),
  z
    .object({
      type: z.literal('chat-muted'),
      muted: z.boolean().describe('False: not any more'),
      identity: z.string().nullable(),
      session_id: z.string().nullable(),
    })
    .describe('To the one who was muted, and to those who moderate'),
  z
    .object({ type: z.literal('reaction'), counts: z.record(z.string(), z.number().int()) })
    .describe('How often each emoji was sent since the message before; at most two a second'),
  z
    .object({
      type: z.literal('presence'),
      viewer_count: z.number().int().describe('Viewers whose media connection is up, those by WHEP too'),
      member_count: z.number().int().describe('Clients that take part in the chat, hosts too'),
      hosts: z.array(hostNameSchema).describe('Hosts whose media connection is up'),
      joined: z.array(chatPersonSchema).describe('Clients of the chat that have come; empty where there are many'),
      left: z.array(z.string()).describe('The `session_id` of those that have gone; empty where there are many'),
      is_complete: z.boolean().describe('`joined` has everybody who is there: forget who was known before'),
    })
    .describe('Who is there: after `chat-joined`, and when it changes, at most once a second'),
  z
    .object({ type: z.literal('chat-ack'), request_id: z.string(), message_id: z.string().exactOptional() })
    .describe('The answer to a message about chat that came with a `request_id` and was obeyed'),
] as const;

/** `POST /rooms/{room_id}/chat`. */
export const postChatSchema = z.object({ text: z.string(), name: displayNameSchema.optional() });

/** The answer of `GET /rooms/{room_id}/chat`. */
export const roomChatSchema = z
  .object({
    room_id: z.string(),
    enabled: z.boolean(),
    slow_mode_seconds: z.number().int(),
    member_count: z.number().int(),
    messages: z.array(chatMessageSchema).describe('The last ones, oldest first'),
  })
  .meta({ id: 'RoomChat' });
export type RoomChatInfo = z.infer<typeof roomChatSchema>;
/** Under the name of its schema, for what is written from that. */
export type RoomChat = RoomChatInfo;

/** The answer of `DELETE /rooms/{room_id}/chat/{message_id}`. */
export const chatRemovedSchema = z.object({ status: z.literal('removed'), message_id: z.string() });
