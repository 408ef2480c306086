import { z } from 'zod';
import { chatMessageSchema } from './chat.ts';
import { roomIdSchema } from './room.ts';

/** `evt_` and 14 hexadecimal digits: unique, and later events sort after earlier ones, also across restarts. */
export const eventIdSchema = z.string().regex(/^evt_[0-9a-f]{14}$/, 'must be the id of an event, evt_...');

/** Why a session ended, as the `reason` of an event. `server_restarted`: it was there when the server was killed. */
const sessionEndReasonSchema = z.string();

const nullableText = z.string().nullable();

/** Of a host or a viewer. The id is for matching events with each other and with the history; it opens nothing. */
const sessionData = { session_id: z.string(), user_id: nullableText };

const sessionEndData = {
  ...sessionData,
  reason: sessionEndReasonSchema,
  duration_seconds: z.number(),
  bytes_sent: z.number().int(),
  bytes_received: z.number().int(),
};

/** What every event has. `time` is ISO 8601, UTC. */
const envelope = { id: eventIdSchema, time: z.string() };
const ofRoom = { ...envelope, room_id: z.string() };

/** What happens on the server, as webhooks and `GET /events` tell it. docs/events.md explains each. */
export const mediaEventSchema = z.discriminatedUnion('type', [
  z.object({
    ...ofRoom,
    type: z.literal('room.started'),
    data: z.object({ owner: nullableText, post_id: nullableText }),
  }),
  z.object({
    ...ofRoom,
    type: z.literal('room.ended'),
    data: z.object({
      owner: nullableText,
      post_id: nullableText,
      /** `stopped` by a call, `idle` for too long, or `shutdown` of a server that keeps no history on disk. */
      reason: z.enum(['stopped', 'idle', 'shutdown']),
      duration_seconds: z.number(),
      peak_viewers: z.number().int(),
    }),
  }),
  /** The first time that this user publishes in this room. */
  z.object({ ...ofRoom, type: z.literal('host.live'), data: z.object(sessionData) }),
  /** Its media ended, for whatever reason: `left` is on purpose. */
  z.object({ ...ofRoom, type: z.literal('host.lost'), data: z.object(sessionEndData) }),
  /** A user who has published in this room before does so again. */
  z.object({
    ...ofRoom,
    type: z.literal('host.back'),
    data: z.object({ ...sessionData, absent_seconds: z.number() }),
  }),
  z.object({
    ...ofRoom,
    type: z.literal('viewer.joined'),
    data: z.object({ ...sessionData, viewer_count: z.number().int() }),
  }),
  z.object({
    ...ofRoom,
    type: z.literal('viewer.left'),
    data: z.object({ ...sessionEndData, viewer_count: z.number().int() }),
  }),
  z.object({
    ...ofRoom,
    type: z.literal('stream.warning'),
    data: z.object({
      code: z.string(),
      kind: z.enum(['audio', 'video']),
      rid: z.string().optional(),
      detail: z.string(),
      advice: z.string(),
    }),
  }),
  /** Something was said in the room's chat; told where `chat.events` is set. */
  z.object({ ...ofRoom, type: z.literal('chat.message'), data: chatMessageSchema }),
  z.object({
    ...envelope,
    type: z.literal('limit.hit'),
    /** Null where the limit is the server's. */
    room_id: nullableText,
    data: z.object({
      /** `rooms`, `viewers`, `connections`, or the name of a rate limit. */
      limit: z.string(),
      detail: z.string(),
      /** Further times that it was hit since the event before this one; events are at least ten seconds apart. */
      not_told: z.number().int(),
    }),
  }),
]);
export type MediaEvent = z.infer<typeof mediaEventSchema>;
export type MediaEventType = MediaEvent['type'];

export const mediaEventTypes = [
  'room.started',
  'room.ended',
  'host.live',
  'host.lost',
  'host.back',
  'viewer.joined',
  'viewer.left',
  'stream.warning',
  'chat.message',
  'limit.hit',
] as const satisfies readonly MediaEventType[];

/** The query of `GET /events`. */
export const eventsQuerySchema = z.object({
  room: roomIdSchema.optional().describe('Only what happens in this room'),
  last_event_id: eventIdSchema
    .optional()
    .describe('Go on after this event; for clients that cannot set the header Last-Event-ID'),
});
