import type { PayloadInfo } from '../../rtp/payload/payload-info.ts';

/** Long enough that a keyframe, some times a delta frame, moves the rate little; short enough for a scene to show. */
const bucketUs = 500_000;
const bucketCount = 6;
/** Before so much was measured a rate means nothing. */
const minMeasuredUs = 500_000;
const spatialLayers = 4;
/** Higher ones, which no browser sends, count as the last. */
const temporalLayers = 4;
/** For each pair of layers: bytes that all higher spatial layers need too, and bytes of this one alone; and frames. */
const cellsPerBucket = spatialLayers * temporalLayers * 2 + temporalLayers;
const framesCell = spatialLayers * temporalLayers * 2;

/** What each combination of a source's layers takes, over the last 2.5 to 3 s. Allocates nothing after construction. */
export class LayerRates {
  readonly #cells: Float64Array = new Float64Array(bucketCount * cellsPerBucket);
  readonly #sums: Float64Array = new Float64Array(cellsPerBucket);
  #bucket = 0;
  #sinceUs = -1;

  /** @param bytes of the whole packet as it goes to a viewer */
  add(payload: PayloadInfo, bytes: number, nowUs: number): void {
    this.#advance(nowUs);
    const spatial = Math.min(payload.spatialLayer, spatialLayers - 1);
    const temporal = Math.min(payload.temporalLayer, temporalLayers - 1);
    const isAlone = payload.interPicturePredicted && payload.upperLayersIndependent;
    this.#count(cellOf(spatial, temporal, isAlone), bytes);
    if (payload.frameStart && payload.spatialLayer === 0) this.#count(framesCell + temporal, 1);
  }

  /** Bits a second of what a viewer is sent that takes layers up to these; 0 where too little was measured. */
  bitrateBps(spatialLayer: number, temporalLayer: number, nowUs: number): number {
    this.#advance(nowUs);
    let bytes = 0;
    for (let temporal = 0; temporal <= temporalLayer; temporal += 1) {
      bytes += this.#sums[cellOf(spatialLayer, temporal, true)] ?? 0;
      for (let spatial = 0; spatial <= spatialLayer; spatial += 1) {
        bytes += this.#sums[cellOf(spatial, temporal, false)] ?? 0;
      }
    }
    return this.#perSecond(bytes * 8, nowUs);
  }

  /** Pictures a second up to this temporal layer. */
  framerate(temporalLayer: number, nowUs: number): number {
    this.#advance(nowUs);
    let frames = 0;
    for (let temporal = 0; temporal <= temporalLayer; temporal += 1) frames += this.#sums[framesCell + temporal] ?? 0;
    return this.#perSecond(frames, nowUs);
  }

  /** Highest spatial layer of which something came; -1 where nothing did. */
  topSpatialLayer(nowUs: number): number {
    this.#advance(nowUs);
    for (let spatial = spatialLayers - 1; spatial >= 0; spatial -= 1) {
      for (let temporal = 0; temporal < temporalLayers; temporal += 1) {
        if (this.#has(spatial, temporal)) return spatial;
      }
    }
    return -1;
  }

  /** The same of temporal layers. */
  topTemporalLayer(nowUs: number): number {
    this.#advance(nowUs);
    for (let temporal = temporalLayers - 1; temporal >= 0; temporal -= 1) {
      for (let spatial = 0; spatial < spatialLayers; spatial += 1) if (this.#has(spatial, temporal)) return temporal;
    }
    return -1;
  }

  #has(spatial: number, temporal: number): boolean {
    return (
      (this.#sums[cellOf(spatial, temporal, false)] ?? 0) > 0 || (this.#sums[cellOf(spatial, temporal, true)] ?? 0) > 0
    );
  }

  #perSecond(amount: number, nowUs: number): number {
    const windowUs = (nowUs % bucketUs) + (bucketCount - 1) * bucketUs;
    const measuredUs = Math.min(windowUs, nowUs - this.#sinceUs);
    return measuredUs < minMeasuredUs ? 0 : (amount * 1e6) / measuredUs;
  }

  #count(cell: number, amount: number): void {
    const at = (this.#bucket % bucketCount) * cellsPerBucket + cell;
    this.#cells[at] = (this.#cells[at] ?? 0) + amount;
    this.#sums[cell] = (this.#sums[cell] ?? 0) + amount;
  }

  /** Empties the buckets whose time has come round; after a silence longer than the window measuring begins anew. */
  #advance(nowUs: number): void {
    const bucket = Math.floor(nowUs / bucketUs);
    if (bucket <= this.#bucket) return;
    const steps = bucket - this.#bucket;
    if (steps >= bucketCount) {
      this.#cells.fill(0);
      this.#sums.fill(0);
      this.#sinceUs = nowUs;
    }
    for (let step = 1; step <= steps && steps < bucketCount; step += 1)
      this.#empty((this.#bucket + step) % bucketCount);
    this.#bucket = bucket;
  }

  #empty(slot: number): void {
    for (let cell = 0; cell < cellsPerBucket; cell += 1) {
      const at = slot * cellsPerBucket + cell;
      this.#sums[cell] = (this.#sums[cell] ?? 0) - (this.#cells[at] ?? 0);
      this.#cells[at] = 0;
    }
  }
}

function cellOf(spatial: number, temporal: number, isAlone: boolean): number {
  return (spatial * temporalLayers + temporal) * 2 + (isAlone ? 1 : 0);
}
