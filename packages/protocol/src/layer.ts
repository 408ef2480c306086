import { z } from 'zod';

const pixels = z.number().int().min(1).max(32_768);
const rid = z.string().min(1).max(255);
const layerId = z.number().int().min(0).max(7);

/**
 * What a viewer wants of the video. Each takes the place of the one before: what is left out is up to the server.
 * A wish is a maximum: a line that carries less is sent less.
 */
export const layerWishSchema = z.object({
  /** Size in which the picture is shown, in pixels of the screen: no layer above the first that fills it is sent. */
  visible_width: pixels.optional(),
  visible_height: pixels.optional(),
  /** The best simulcast layer to send. */
  rid: rid.optional(),
  /** The greatest height to send. */
  height: pixels.optional(),
  /** No video for now, for a page that is not seen; audio goes on. */
  paused: z.boolean().optional(),
});
export type LayerWish = z.infer<typeof layerWishSchema>;

/** The body of WHEP's layer selection (draft-ietf-wish-whep); `encodingId` is the older name of `rid`. */
export const whepLayerSchema = z.object({
  mediaId: z.string().max(64).optional(),
  rid: rid.optional(),
  encodingId: rid.optional(),
  spatialLayerId: layerId.optional(),
  temporalLayerId: layerId.optional(),
  maxSpatialLayerId: layerId.optional(),
  maxTemporalLayerId: layerId.optional(),
  maxWidth: pixels.optional(),
  maxHeight: pixels.optional(),
});
export type WhepLayer = z.infer<typeof whepLayerSchema>;

/** What can be asked to be told of by WHEP's server-sent events; `layer`, what is sent now, and `notice` are not in its draft. */
export const whepEvents = ['active', 'inactive', 'layers', 'reconnect', 'viewercount', 'layer', 'notice'] as const;
export const whepEventsSchema = z
  .array(z.enum(whepEvents))
  .max(16)
  .default([...whepEvents]);
export type WhepEvent = (typeof whepEvents)[number];

/**
 * Why a viewer is sent what it is sent: `best` is all there is; `line`: its line carries no more; `wish`: its own, by
 * choice, by the size in which it shows the picture, or since its page is hidden; `limit`: what a token allows.
 */
export const layerReasonSchema = z.enum(['best', 'line', 'wish', 'limit']);

/** What a viewer is sent now; told to it each time that changes. */
export const layerNoticeSchema = z.object({
  rid: z.string().nullable(),
  width: z.number().int(),
  height: z.number().int(),
  fps: z.number().nullable(),
  /** Video is held back; audio goes on. */
  paused: z.boolean(),
  reason: layerReasonSchema,
});
export type LayerNotice = z.infer<typeof layerNoticeSchema>;

/** One picture that a viewer can choose, by its rid where it has one, else by its height. */
export const layerOptionSchema = z
  .object({
    rid: z.string().nullable(),
    width: z.number().int(),
    height: z.number().int(),
    bitrate_bps: z.number().int().nullable().describe('As measured lately; null where it is not known yet'),
  })
  .meta({ id: 'LayerOption' });
export type LayerOption = z.infer<typeof layerOptionSchema>;

/** A layer as the `layers` event of WHEP shows it. One without a bitrate is not sent by the host now. */
export interface WhepLayerInfo {
  rid?: string;
  encodingId?: string;
  spatialLayerId: number;
  temporalLayerId: number;
  bitrate?: number;
  width?: number;
  height?: number;
}
