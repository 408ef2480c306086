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

/** Most hosts that a room can be set to take: each costs every viewer's description an audio and a video section. */
export const mostHosts = 8;

/**
 * `settings` of `POST /rooms`. Known keys are checked; other keys are the caller's own, kept and given back unchanged.
 */
export const roomSettingsSchema = z.looseObject({
  video: videoSettingsSchema.partial().loose().optional(),
  audio: audioSettingsSchema.partial().loose().optional(),
  max_viewers: z.number().int().min(1).max(1_000_000).optional(),
  max_hosts: z.number().int().min(1).max(mostHosts).optional(),
});
export type RoomSettings = z.infer<typeof roomSettingsSchema>;

/** A host whose media connection is up. A room has one of each user, and of those who did not say who they are. */
export interface HostInfo {
  /** Public: unlike the id in a session's URL it gives no right to anything. */
  session_id: string;
  /** Null for one who did not say. */
  user_id: string | null;
  /** Of those who are there, the one that came first. */
  is_main: boolean;
  /** ISO 8601, UTC. */
  live_since: string;
  /** What it publishes. */
  audio: boolean;
  video: boolean;
}

/** A host as one viewer sees it. */
export interface HostView extends HostInfo {
  /** The m-lines of the viewer's connection that carry it now; null where it is not shown, or has nothing of the kind. */
  audio_mid: string | null;
  video_mid: string | null;
}

/** Who speaks. */
export interface ActiveSpeaker {
  user_id: string | null;
}

/** A warning, and whose stream it is about. */
export interface HostWarning extends StreamWarning {
  user_id: string | null;
}

/** A room as every call and message shows it. */
export interface RoomInfo {
  room_id: string;
  post_id: string | null;
  owner: string | null;
  /** True while some host's media connection is up. */
  is_active: boolean;
  has_host: boolean;
  /** Viewers whose media connection is up. */
  viewer_count: number;
  max_viewers: number;
  /** ISO 8601, UTC. */
  created_at: string;
  /** Since when there has been a host all the time; null while there is none. */
  live_since: string | null;
  /** The main host first. */
  hosts: HostInfo[];
  max_hosts: number;
  /** The host that speaks, or has spoken last; null before anybody has, and where hosts do not tell how loud they are. */
  active_speaker: ActiveSpeaker | null;
  /** What is wrong with the hosts' streams now; empty where nothing is, and while there is none. */
  warnings: HostWarning[];
  media: MediaSettings;
  settings: RoomSettings;
}
