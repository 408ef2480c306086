import { z } from 'zod';

const count = z.number().int().min(0);
const milliseconds = z.number().min(0);
/** Unknown values are null: not yet reported, or not to be had from this client. */
const unknown = <T extends z.ZodType>(schema: T) => schema.nullable();

/**
 * What a viewer's player says of itself: the server cannot see what is shown. All of it is optional, and believed as
 * far as it is within bounds. At most one report a second is taken; those between are dropped.
 */
export const viewerReportSchema = z.object({
  /** From the start of the join to the first picture shown. */
  first_frame_ms: milliseconds.max(3_600_000).optional(),
  freeze_count: count.max(1_000_000).optional(),
  freeze_duration_ms: milliseconds.max(1e10).optional(),
  frames_decoded: count.max(1e12).optional(),
  frames_dropped: count.max(1e12).optional(),
  width: count.max(32_768).optional(),
  height: count.max(32_768).optional(),
  frames_per_second: z.number().min(0).max(1000).optional(),
  jitter_buffer_ms: milliseconds.max(600_000).optional(),
  /** From the host's camera to the screen, as far as the player can tell. */
  delay_ms: z.number().min(-600_000).max(600_000).optional(),
});
export type ViewerReport = z.infer<typeof viewerReportSchema>;

export const sessionStateSchema = z.enum(['connecting', 'connected']);

const sessionShape = {
  /** Public: unlike the id in a session's URL it gives no right to anything. */
  session_id: z.string(),
  user_id: z.string().nullable(),
  /** `http` is WHIP, WHEP and JSON calls. */
  kind: z.enum(['http', 'websocket']),
  state: sessionStateSchema,
  /** ISO 8601, UTC. */
  created_at: z.string(),
  /** From the offer to the media connection; null before that is up. */
  connect_ms: unknown(milliseconds),
  round_trip_ms: unknown(milliseconds),
};

/** A simulcast layer as the host sends it, or its audio. */
export const hostLayerSchema = z.object({
  kind: z.enum(['audio', 'video']),
  codec: z.string(),
  rid: z.string().nullable(),
  live: z.boolean(),
  width: count,
  height: count,
  frames_per_second: unknown(z.number()),
  bitrate_bps: z.number(),
  packets_received: count,
  packets_lost: z.number().int(),
  /** Lost of those expected, since the start, 0 to 1, before repair. */
  loss: unknown(z.number()),
  jitter_ms: milliseconds,
  packets_nacked: count,
  packets_recovered: count,
  keyframes_received: count,
  keyframes_requested: count,
  /** Viewers fed by it now. */
  viewers: count,
});

/** `StreamWarning` as a schema. */
const warningSchema = z.object({
  code: z.string(),
  kind: z.enum(['audio', 'video']),
  rid: z.string().optional(),
  since: z.string(),
  detail: z.string(),
  advice: z.string(),
});

/** `round_trip_ms` is null with hosts that do not answer receiver reference times (RFC 3611): all but browsers. */
export const hostQualitySchema = z.object({
  ...sessionShape,
  layers: z.array(hostLayerSchema),
  warnings: z.array(warningSchema),
});

/** What a viewer is sent of one track. */
export const viewerTrackSchema = z.object({
  kind: z.enum(['audio', 'video']),
  codec: z.string().nullable(),
  rid: z.string().nullable(),
  /** Null: all there are. */
  spatial_layer: z.number().int().nullable(),
  temporal_layer: z.number().int().nullable(),
  width: count,
  height: count,
  frames_per_second: unknown(z.number()),
  /** Of payload, over the last second, retransmissions left out. */
  bitrate_bps: z.number(),
  paused: z.boolean(),
  packets_sent: count,
  packets_retransmitted: count,
  /** By the viewer's last receiver report, 0 to 1, before repair. */
  loss: unknown(z.number()),
  packets_lost: z.number().int(),
  jitter_ms: unknown(milliseconds),
  /** How old that report is. */
  report_age_ms: unknown(milliseconds),
  /** The viewer's reports say that nothing arrives, although something is sent. */
  starved: z.boolean(),
});

export const viewerQualitySchema = z.object({
  ...sessionShape,
  /** What the viewer's line is taken to carry; null where nothing tells. */
  estimate_bps: unknown(z.number()),
  packets_nacked: count,
  /** A viewer asks for a keyframe when it cannot go on decoding: each may have been a freeze. */
  keyframes_requested: count,
  tracks: z.array(viewerTrackSchema),
  /** Null until its player reports. */
  player: viewerReportSchema.extend({ reported_at: z.string() }).nullable(),
});

/** Over the viewers for which the value is known. */
export const percentilesSchema = z.object({
  count,
  p50: unknown(z.number()),
  p90: unknown(z.number()),
  p99: unknown(z.number()),
});
export type Percentiles = z.infer<typeof percentilesSchema>;

export const viewersSummarySchema = z.object({
  viewers: count,
  paused: count,
  starved: count,
  round_trip_ms: percentilesSchema,
  loss: percentilesSchema,
  jitter_ms: percentilesSchema,
  estimate_bps: percentilesSchema,
  connect_ms: percentilesSchema,
  first_frame_ms: percentilesSchema,
  freeze_count: percentilesSchema,
});

/** `GET /rooms/{room_id}/quality`: every session of a room now, and what the viewers have in common. */
export const roomQualitySchema = z.object({
  room_id: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  hosts: z.array(hostQualitySchema),
  viewers: z.array(viewerQualitySchema),
  summary: viewersSummarySchema,
});

export type HostLayer = z.infer<typeof hostLayerSchema>;
export type HostQuality = z.infer<typeof hostQualitySchema>;
export type ViewerTrack = z.infer<typeof viewerTrackSchema>;
export type ViewerQuality = z.infer<typeof viewerQualitySchema>;
export type ViewersSummary = z.infer<typeof viewersSummarySchema>;
export type RoomQuality = z.infer<typeof roomQualitySchema>;
