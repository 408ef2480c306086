import type { LayerRung, MeasuredSource } from './layer-ladder.ts';

/** Frame rates are measured, so a cap of 30 must not refuse 30.2. */
const framerateTolerance = 1.1;

/** What a token allows at most. No cap where a value is missing. */
export interface MediaLimits {
  /** Pixels. */
  readonly maxHeight?: number;
  readonly maxBitrateBps?: number;
  /** Pictures a second. */
  readonly maxFramerate?: number;
}

/** What a viewer is to be sent at most, by what it shows, by what it has chosen, and by what its token allows. */
export interface LayerCaps extends MediaLimits {
  /** Size in which the viewer shows the picture: no layer is sent above the first that fills it. Pixels. */
  readonly visibleWidth?: number;
  readonly visibleHeight?: number;
  readonly maxWidth?: number;
  /** The highest simulcast layer; without effect while the host does not send it. */
  readonly rid?: string;
  /** The highest layers within a stream, counted from 0. */
  readonly maxSpatialLayer?: number;
  readonly maxTemporalLayer?: number;
}

/** Index of the best rung within the caps. The lowest is always within: a cap is no reason to show nothing. */
export function highestWithin(ladder: readonly LayerRung<MeasuredSource>[], caps: LayerCaps): number {
  const top = Math.min(indexFilling(ladder, caps), indexOfRid(ladder, caps.rid));
  const index = ladder.findLastIndex((rung, at) => at <= top && isWithin(rung, caps));
  return Math.max(index, ladder.length === 0 ? -1 : 0);
}

function isWithin(rung: LayerRung<MeasuredSource>, caps: LayerCaps): boolean {
  const { maxHeight = Infinity, maxBitrateBps = Infinity, maxFramerate = Infinity } = caps;
  const { maxWidth = Infinity, maxSpatialLayer = Infinity, maxTemporalLayer = Infinity } = caps;
  return (
    rung.height <= maxHeight &&
    widthOf(rung) <= maxWidth &&
    rung.bitrateBps <= maxBitrateBps &&
    rung.framerate <= maxFramerate * framerateTolerance &&
    rung.spatialLayer <= maxSpatialLayer &&
    rung.temporalLayer <= maxTemporalLayer
  );
}

/** The best rung of the smallest height that fills what is visible: the picture is fitted in, so one side is enough. */
function indexFilling(ladder: readonly LayerRung<MeasuredSource>[], caps: LayerCaps): number {
  const { visibleWidth = Infinity, visibleHeight = Infinity } = caps;
  const filling = ladder.find((rung) => rung.height >= visibleHeight || widthOf(rung) >= visibleWidth);
  if (filling === undefined) return ladder.length - 1;
  return ladder.findLastIndex(({ height }) => height === filling.height);
}

function widthOf({ source, height }: LayerRung<MeasuredSource>): number {
  return source.height === 0 ? 0 : (height * source.width) / source.height;
}

function indexOfRid(ladder: readonly LayerRung<MeasuredSource>[], rid: string | undefined): number {
  const index = rid === undefined ? -1 : ladder.findLastIndex(({ source }) => source.rid === rid);
  return index < 0 ? ladder.length - 1 : index;
}

/** Both at once: where both limit the same, the lower one counts. */
export function narrower(caps: LayerCaps, limits: MediaLimits): LayerCaps {
  const merged: { -readonly [Key in keyof LayerCaps]: LayerCaps[Key] } = { ...caps };
  for (const key of ['maxHeight', 'maxBitrateBps', 'maxFramerate'] as const) {
    const least = Math.min(caps[key] ?? Infinity, limits[key] ?? Infinity);
    if (least < Infinity) merged[key] = least;
  }
  return merged;
}
