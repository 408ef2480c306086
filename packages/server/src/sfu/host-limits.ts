import type { MediaLimits } from './layers/layer-caps.ts';
import type { Source } from './source.ts';

/** Encoders overshoot for a moment; a layer that was barred comes back only when it is well within. */
const tolerance = { before: 1.5, barred: 1.1 } as const;

/**
 * What a host's token allows of its video. It is told of bitrate and frame rate in SDP and REMB; what it sends above
 * them all the same is not forwarded, and it is warned. Layers below go on.
 */
export class HostLimits {
  readonly #limits: MediaLimits;
  readonly #isLimited: boolean;

  constructor(limits: MediaLimits) {
    this.#limits = limits;
    this.#isLimited = Object.keys(limits).length > 0;
  }

  /** Bars a layer, or lets it pass again. To be asked at each keyframe, and some times a second. */
  judge(source: Source, nowUs: number): void {
    if (source.kind === 'video' && this.#isLimited) source.barred = this.#excess(source, nowUs);
  }

  #excess(source: Source, nowUs: number): string | undefined {
    const { maxHeight = Infinity, maxBitrateBps = Infinity, maxFramerate = Infinity } = this.#limits;
    if (source.height > maxHeight)
      return `The picture is ${source.height} pixels high; at most ${maxHeight} are allowed here.`;
    const factor = source.barred === undefined ? tolerance.before : tolerance.barred;
    const temporal = Math.max(0, source.layers.topTemporalLayer(nowUs));
    const bitrateBps = source.layers.bitrateBps(Math.max(0, source.layers.topSpatialLayer(nowUs)), temporal, nowUs);
    if (bitrateBps > factor * maxBitrateBps)
      return `The video has ${Math.round(bitrateBps / 1000)} kbps; at most ${Math.round(maxBitrateBps / 1000)} are allowed here.`;
    const framerate = source.layers.framerate(temporal, nowUs);
    if (framerate > factor * maxFramerate)
      return `The video has ${Math.round(framerate)} frames a second; at most ${maxFramerate} are allowed here.`;
    return undefined;
  }
}
