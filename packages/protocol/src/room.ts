import { z } from 'zod';
import { streamWarningSchema } from './stream-warning.ts';

export const videoCodecs = ['VP8', 'VP9', 'H264', 'AV1'] as const;
export const audioCodecs = ['Opus'] as const;

/** A room id as it stands in URLs: 1 to 128 letters, digits, `.`, `_`, `~`, `:`, `@` or `-`, but not `.` or `..`. */
export const roomIdSchema = z
  .string()
  // Clients resolve the two as dot segments (RFC 3986, section 5.2.4): such a room could not be called.
  .regex(
    /^(?!\.{1,2}$)[A-Za-z0-9._~:@-]{1,128}$/,
    'must be 1 to 128 letters, digits or any of . _ ~ : @ -, not . or ..',
  );

/** A user id of the backend's: free text without control characters. */
export const userIdSchema = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\p{Cc}]+$/u, 'must not contain control characters');

export const videoSettingsSchema = z.object({
  codec: z.enum(videoCodecs),
  target_bitrate_kbps: z.number().int().min(50).max(100_000),
  max_framerate: z.number().int().min(1).max(240),
});

export const audioSettingsSchema = z.object({
  codec: z.enum(audioCodecs),
  bitrate_kbps: z.number().int().min(6).max(510),
  sample_rate: z.union([z.literal(8000), z.literal(12000), z.literal(16000), z.literal(24000), z.literal(48000)]),
  redundancy: z.boolean(),
});

/** What a host is asked to send. Rooms start from the server's configuration and may override parts of it. */
export const mediaSettingsSchema = z
  .object({ video: videoSettingsSchema, audio: audioSettingsSchema })
  .meta({ id: 'MediaSettings' });
export type MediaSettings = z.infer<typeof mediaSettingsSchema>;

/**
 * `settings` of `POST /rooms`. Known keys are checked; other keys are the caller's own, kept and given back unchanged.
 */
export const roomSettingsSchema = z
  .looseObject({
    video: videoSettingsSchema.partial().loose().optional(),
    audio: audioSettingsSchema.partial().loose().optional(),
    max_viewers: z.number().int().min(1).max(1_000_000).optional(),
  })
  .meta({ id: 'RoomSettings' });
export type RoomSettings = z.infer<typeof roomSettingsSchema>;

/** A room as every call and message shows it. */
export const roomInfoSchema = z
  .object({
    room_id: z.string(),
    post_id: z.string().nullable(),
    owner: z.string().nullable(),
    is_active: z.boolean().describe("True while the host's media connection is up"),
    has_host: z.boolean(),
    viewer_count: z.number().int().describe('Viewers whose media connection is up'),
    max_viewers: z.number().int(),
    created_at: z.string().describe('ISO 8601, UTC'),
    live_since: z.string().nullable().describe("When the present host's connection came up; null while there is none"),
    warnings: z
      .array(streamWarningSchema)
      .describe("What is wrong with the host's stream now; empty where nothing is, and while there is none"),
    media: mediaSettingsSchema,
    settings: roomSettingsSchema,
  })
  .meta({ id: 'RoomInfo' });
export type RoomInfo = z.infer<typeof roomInfoSchema>;
