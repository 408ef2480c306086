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

/** Most hosts that a room can be set to take: each costs every viewer's description an audio and a video section. */
export const mostHosts = 8;

/**
 * `settings` of `POST /rooms`. Known keys are checked; other keys are the caller's own, kept and given back unchanged.
 */
export const roomSettingsSchema = z
  .looseObject({
    video: videoSettingsSchema.partial().loose().optional(),
    audio: audioSettingsSchema.partial().loose().optional(),
    max_viewers: z.number().int().min(1).max(1_000_000).optional(),
    max_hosts: z.number().int().min(1).max(mostHosts).optional(),
    chat: z
      .looseObject({ enabled: z.boolean().optional(), slow_mode_seconds: z.number().int().min(0).max(3600).optional() })
      .optional(),
  })
  .meta({ id: 'RoomSettings' });
export type RoomSettings = z.infer<typeof roomSettingsSchema>;

/** A host whose media connection is up. A room has one of each user, and of those who did not say who they are. */
export const hostInfoSchema = z
  .object({
    session_id: z.string().describe("Public: unlike the id in a session's URL it gives no right to anything"),
    user_id: z.string().nullable().describe('Null for one who did not say'),
    is_main: z.boolean().describe('Of those who are there, the one that came first'),
    live_since: z.string().describe('ISO 8601, UTC'),
    audio: z.boolean().describe('Whether it publishes sound'),
    video: z.boolean().describe('Whether it publishes pictures'),
  })
  .meta({ id: 'HostInfo' });
export type HostInfo = z.infer<typeof hostInfoSchema>;

const mid = z
  .string()
  .nullable()
  .describe(
    "The m-line of the viewer's connection that carries it now; null where it is not shown, or has nothing such",
  );

/** A host as one viewer sees it. */
export const hostViewSchema = hostInfoSchema.extend({ audio_mid: mid, video_mid: mid }).meta({ id: 'HostView' });
export type HostView = z.infer<typeof hostViewSchema>;

/** Who speaks. */
export const activeSpeakerSchema = z.object({ user_id: z.string().nullable() }).meta({ id: 'ActiveSpeaker' });
export type ActiveSpeaker = z.infer<typeof activeSpeakerSchema>;

/** A warning, and whose stream it is about. */
export const hostWarningSchema = streamWarningSchema
  .extend({ user_id: z.string().nullable() })
  .meta({ id: 'HostWarning' });
export type HostWarning = z.infer<typeof hostWarningSchema>;

/** A room as every call and message shows it. */
export const roomInfoSchema = z
  .object({
    room_id: z.string(),
    post_id: z.string().nullable(),
    owner: z.string().nullable(),
    is_active: z.boolean().describe("True while some host's media connection is up"),
    has_host: z.boolean(),
    viewer_count: z.number().int().describe('Viewers whose media connection is up'),
    max_viewers: z.number().int(),
    created_at: z.string().describe('ISO 8601, UTC'),
    live_since: z
      .string()
      .nullable()
      .describe('Since when there has been a host all the time; null while there is none'),
    hosts: z.array(hostInfoSchema).describe('The main host first'),
    max_hosts: z.number().int(),
    active_speaker: activeSpeakerSchema
      .nullable()
      .describe('The host that speaks, or has spoken last; null before, and where hosts do not tell how loud they are'),
    warnings: z
      .array(hostWarningSchema)
      .describe("What is wrong with the hosts' streams now; empty where nothing is, and while there is none"),
    media: mediaSettingsSchema,
    settings: roomSettingsSchema,
  })
  .meta({ id: 'RoomInfo' });
export type RoomInfo = z.infer<typeof roomInfoSchema>;
