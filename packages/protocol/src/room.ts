import { z } from 'zod';
import type { StreamWarning } from './stream-warning.ts';

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
});

/** What a host is asked to send. Rooms start from the server's configuration and may override parts of it. */
export interface MediaSettings {
  video: z.infer<typeof videoSettingsSchema>;
  audio: z.infer<typeof audioSettingsSchema>;
}

/**
 * `settings` of `POST /rooms`. Known keys are checked; other keys are the caller's own, kept and given back unchanged.
 */
export const roomSettingsSchema = z.looseObject({
  video: videoSettingsSchema.partial().loose().optional(),
  audio: audioSettingsSchema.partial().loose().optional(),
  max_viewers: z.number().int().min(1).max(1_000_000).optional(),
});
export type RoomSettings = z.infer<typeof roomSettingsSchema>;

/** A room as every call and message shows it. */
export interface RoomInfo {
  room_id: string;
  post_id: string | null;
  owner: string | null;
  /** True while the host's media connection is up. */
  is_active: boolean;
  has_host: boolean;
  /** Viewers whose media connection is up. */
  viewer_count: number;
  max_viewers: number;
  /** ISO 8601, UTC. */
  created_at: string;
  /** When the present host's connection came up; null while there is none. */
  live_since: string | null;
  /** What is wrong with the host's stream now; empty where nothing is, and while there is none. */
  warnings: StreamWarning[];
  media: MediaSettings;
  settings: RoomSettings;
}
