import { z } from 'zod';
import { roomIdSchema, roomSettingsSchema, userIdSchema } from './room.ts';
import { iceServerSchema, maxSdpLength } from './signaling.ts';

/** `POST /room/create` (dialect A). `classroom_id` is the older name of `post_id`. */
export const legacyCreateRoomSchema = z
  .object({
    post_id: userIdSchema.optional(),
    classroom_id: userIdSchema.optional(),
    host_user_id: userIdSchema,
  })
  .refine((body) => body.post_id !== undefined || body.classroom_id !== undefined, {
    path: ['post_id'],
    message: 'post_id is required (classroom_id is accepted in its place)',
  });

/** The answer of `POST /room/create`. */
export const legacyRoomSchema = z.object({ room_id: z.string(), post_id: z.string().nullable() });

/** The answer of every call that stops a room. */
export const roomStoppedSchema = z.object({ status: z.literal('stopped'), room_id: z.string() });

/** `GET /room/{room_id}/stats` (dialect A). */
export const legacyRoomStatsSchema = z
  .object({
    room_id: z.string(),
    post_id: z.string().nullable(),
    is_active: z.boolean(),
    viewer_count: z.number().int(),
    has_host: z.boolean(),
  })
  .meta({ id: 'LegacyRoomStats' });
export type LegacyRoomStats = z.infer<typeof legacyRoomStatsSchema>;

/** `GET /stats`. Bytes are those on the wire: UDP payload of SRTP and SRTCP, over all rooms since the start. */
export const serverStatsSchema = z
  .object({
    total_rooms: z.number().int(),
    active_rooms: z.number().int(),
    total_peers: z.number().int(),
    total_viewers: z.number().int(),
    total_hosts: z.number().int(),
    total_bytes_sent: z.number().int(),
    total_bytes_received: z.number().int(),
  })
  .meta({ id: 'ServerStats' });
export type ServerStats = z.infer<typeof serverStatsSchema>;

/** `POST /rooms` (dialect B). */
export const createRoomSchema = z.object({
  room_id: roomIdSchema,
  /** Who may create the same id again without a conflict. */
  owner: userIdSchema.optional(),
  post_id: userIdSchema.optional(),
  settings: roomSettingsSchema.optional(),
});

const offerSchema = z.union([
  z.string().min(1).max(maxSdpLength),
  z.object({ type: z.literal('offer').optional(), sdp: z.string().min(1).max(maxSdpLength) }),
]);

/** `POST /livestream/start`. With an offer of the caller's own the answer comes back, else the server's offer. */
export const livestreamStartSchema = z.object({
  user_id: userIdSchema,
  post_id: userIdSchema.optional(),
  /** Default: the user id where it can stand in a URL, else one made by the server. */
  room_id: roomIdSchema.optional(),
  settings: roomSettingsSchema.optional(),
  /** Takes the place of a session of the same user at once; else only of one that has fallen silent. */
  takeover: z.boolean().default(false),
  offer: offerSchema.optional(),
  sdp: z.string().min(1).max(maxSdpLength).optional(),
});

/** `POST /livestream/{user_id}/join`. */
export const livestreamJoinSchema = z
  .object({
    viewer_id: userIdSchema.optional(),
    offer: offerSchema.optional(),
    sdp: z.string().min(1).max(maxSdpLength).optional(),
  })
  .refine((body) => body.offer !== undefined || body.sdp !== undefined, {
    path: ['sdp'],
    message: "the viewer's offer is required, as sdp or offer",
  });

/** `POST /livestream/answer`: the broadcaster's answer to the offer of `/livestream/start`. */
export const livestreamAnswerSchema = z.object({
  session_id: z.string().min(1).max(128),
  sdp: z.string().min(1).max(maxSdpLength),
});

/** The answer of `/livestream/answer`. */
export const livestreamAcceptedSchema = z.object({ status: z.literal('accepted'), session_id: z.string() });

/** `POST /livestream/end`: by user or by room. */
export const livestreamEndSchema = z
  .object({ user_id: userIdSchema.optional(), room_id: roomIdSchema.optional() })
  .refine((body) => body.user_id !== undefined || body.room_id !== undefined, {
    path: ['user_id'],
    message: 'user_id or room_id is required',
  });

/** The answer of `/livestream/start` and `/livestream/{user_id}/join`. */
export const livestreamSessionSchema = z
  .object({
    room_id: z.string(),
    post_id: z.string().nullable(),
    session_id: z.string(),
    type: z.enum(['offer', 'answer']),
    sdp: z.string(),
    resource_url: z.string().describe('DELETE it to leave; PATCH it with candidates'),
    ice_servers: z.array(iceServerSchema),
  })
  .meta({ id: 'LivestreamSession' });
export type LivestreamSession = z.infer<typeof livestreamSessionSchema>;

/** The query of `POST /whip/{room_id}`. */
export const whipQuerySchema = z.object({
  takeover: z
    .string()
    .optional()
    .transform((value) => value !== undefined && value !== 'false')
    // `?takeover` alone says it too.
    .meta({ description: "Take the place of the same user's other session at once", override: { type: 'boolean' } }),
});
