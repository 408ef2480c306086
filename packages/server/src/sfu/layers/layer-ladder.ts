import type { LayerRates } from './layer-rates.ts';

/** What the ladder needs to know of a source. */
export interface MeasuredSource {
  /** Place of the layer as the host listed it. */
  readonly index: number;
  readonly rid?: string | undefined;
  /** Pixels of the whole, all spatial layers taken; 0 where unknown. */
  readonly width: number;
  readonly height: number;
  readonly layers: LayerRates;
  /** Pixels of one spatial layer's pictures; 0 where they are not told. */
  layerHeight(spatialLayer: number): number;
}

/** One combination of layers that a viewer can be sent. */
export interface LayerRung<Source extends MeasuredSource> {
  readonly source: Source;
  readonly spatialLayer: number;
  readonly temporalLayer: number;
  readonly bitrateBps: number;
  /** Height of the picture; 0 where unknown. */
  readonly height: number;
  /** Pictures a second. */
  readonly framerate: number;
}

/**
 * The combinations of a track's layers, worst to best: made once for all its viewers, some times a second.
 *
 * Resolution comes before frame rate, but a picture at less than half of its frame rate looks worse than the full rate of
 * the one below: so only the lowest layer is offered with all its temporal layers.
 * @param sources the live layers, in any order; those not measured yet are left out
 */
export function buildLadder<Source extends MeasuredSource>(
  sources: readonly Source[],
  nowUs: number,
): LayerRung<Source>[] {
  const rungs: LayerRung<Source>[] = [];
  for (const source of sources.toSorted(compare)) {
    const topSpatial = source.layers.topSpatialLayer(nowUs);
    for (let spatial = 0; spatial <= topSpatial; spatial += 1) addRungs(rungs, source, spatial, topSpatial, nowUs);
  }
  return rungs;
}

function addRungs<Source extends MeasuredSource>(
  rungs: LayerRung<Source>[],
  source: Source,
  spatialLayer: number,
  topSpatialLayer: number,
  nowUs: number,
): void {
  const topTemporal = source.layers.topTemporalLayer(nowUs);
  const first = rungs.length === 0 ? 0 : Math.max(0, topTemporal - 1);
  for (let temporalLayer = first; temporalLayer <= topTemporal; temporalLayer += 1) {
    const bitrateBps = source.layers.bitrateBps(spatialLayer, temporalLayer, nowUs);
    if (bitrateBps === 0) continue;
    // Each spatial layer doubles the size in all scalability modes but the rare h ones.
    const height = source.layerHeight(spatialLayer) || source.height >> (topSpatialLayer - spatialLayer);
    const framerate = source.layers.framerate(temporalLayer, nowUs);
    rungs.push({ source, spatialLayer, temporalLayer, bitrateBps, height, framerate });
  }
}

/** By resolution where keyframes have told it, else in the order in which the host listed its layers. */
function compare(a: MeasuredSource, b: MeasuredSource): number {
  const pixels = a.width * a.height;
  const otherPixels = b.width * b.height;
  return pixels > 0 && otherPixels > 0 && pixels !== otherPixels ? pixels - otherPixels : a.index - b.index;
}
