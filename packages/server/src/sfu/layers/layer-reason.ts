import { highestWithin, type LayerCaps, type MediaLimits } from './layer-caps.ts';
import type { LayerRung, MeasuredSource } from './layer-ladder.ts';

/**
 * Why a viewer is sent what it is sent, or nothing: `best` is all there is; `line` carries no more; `wish` is the
 * viewer's own, by its choice or by the size in which it shows the picture; `limit` is its token's, or its host's.
 */
export type LayerReason = 'best' | 'line' | 'wish' | 'limit';

/** @param caps of the viewer and its token together; `limits` of the token alone */
export function reasonFor(
  ladder: readonly LayerRung<MeasuredSource>[],
  rung: LayerRung<MeasuredSource>,
  caps: LayerCaps,
  limits: MediaLimits,
): LayerReason {
  const index = ladder.indexOf(rung);
  if (index === ladder.length - 1) return 'best';
  const cap = highestWithin(ladder, caps);
  if (index < cap) return 'line';
  return highestWithin(ladder, limits) <= cap ? 'limit' : 'wish';
}
