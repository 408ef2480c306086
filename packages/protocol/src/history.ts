import { z } from 'zod';
import { roomIdSchema } from './room.ts';

/** `run_` and 14 hexadecimal digits: one life of a room, from its start to its end. Later ones sort after earlier ones. */
export const runIdSchema = z.string().regex(/^run_[0-9a-f]{14}$/, 'must be the id of a run, run_...');

const page = {
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Entries a page'),
  cursor: z
    .string()
    .regex(/^[0-9a-f]{14}$/, 'must be the `next` of the page before')
    .optional()
    .describe('`next` of the page before'),
};

/** The query of `GET /history/rooms`. */
export const historyRoomsQuerySchema = z.object({
  ...page,
  room_id: roomIdSchema.optional().describe('Only those of this room'),
});

/** The query of `GET /history/rooms/{room_id}`; the page is one of its sessions. */
export const historyRoomQuerySchema = z.object({
  ...page,
  run_id: runIdSchema.optional().describe('Which of its lives'),
});

/** One life of a room. Rooms that are still there have no `ended_at`, and figures up to now. Times are ISO 8601, UTC. */
export const roomHistorySchema = z.object({
  run_id: runIdSchema,
  room_id: z.string(),
  owner: z.string().nullable(),
  post_id: z.string().nullable(),
  created_at: z.string(),
  ended_at: z.string().nullable(),
  end_reason: z.string().nullable(),
  /** Most viewers at a time. */
  peak_viewers: z.number().int(),
  /** All viewers' time together. */
  viewer_minutes: z.number(),
  host_sessions: z.number().int(),
  viewer_sessions: z.number().int(),
  /** On the wire, as the server sees it: sent to viewers and hosts, received from them. */
  bytes_sent: z.number().int(),
  bytes_received: z.number().int(),
});
export type RoomHistory = z.infer<typeof roomHistorySchema>;

/** One peer's media connection. */
export const sessionHistorySchema = z.object({
  session_id: z.string(),
  role: z.enum(['host', 'viewer']),
  /** How it was asked for. */
  kind: z.enum(['http', 'websocket']),
  user_id: z.string().nullable(),
  connected_at: z.string(),
  /** Null while it lasts. */
  ended_at: z.string().nullable(),
  end_reason: z.string().nullable(),
  duration_seconds: z.number(),
  bytes_sent: z.number().int(),
  bytes_received: z.number().int(),
  /** How good it was, as it was summed up at its end; null while it lasts, and where that is not known. */
  quality: z.record(z.string(), z.unknown()).nullable(),
});
export type SessionHistory = z.infer<typeof sessionHistorySchema>;

/** The answer of `GET /history/rooms`, newest first. `next` is null on the last page. */
export const roomHistoryPageSchema = z.object({ rooms: z.array(roomHistorySchema), next: z.string().nullable() });
export type RoomHistoryPage = z.infer<typeof roomHistoryPageSchema>;

/** The answer of `GET /history/rooms/{room_id}`; sessions newest first. */
export const roomHistoryDetailSchema = roomHistorySchema.extend({
  sessions: z.array(sessionHistorySchema),
  next: z.string().nullable(),
});
export type RoomHistoryDetail = z.infer<typeof roomHistoryDetailSchema>;
