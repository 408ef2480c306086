import type { PayloadInfo } from '../../rtp/payload/payload-info.ts';

/** What becomes of a packet: `forwardMarked` is forwarded with the marker bit, as the last one of its picture. */
export const verdict = { drop: 0, forward: 1, forwardMarked: 2 } as const;
export type Verdict = (typeof verdict)[keyof typeof verdict];

/** The layers above a wanted one never matter to whoever wants all. */
export const allLayers = 7;

/**
 * Decides for one downstream which packets of its source pass, so that what passes can be decoded: layers are left at
 * the next frame, and joined at the first one from which that can be.
 */
export interface LayerFilter {
  /** The highest layers wanted, counted from 0. They take effect when the stream allows. */
  select(spatialLayer: number, temporalLayer: number): void;
  /** Begins with another source, or after a pause: the next packet is the first of a keyframe. */
  restart(): void;
  /** Judges a packet. Runs once per packet and viewer: no allocation. */
  judge(payload: PayloadInfo, extendedSequence: number, timestamp: number): Verdict;
  /** The wanted layers can be had at no other place. */
  readonly needsKeyframe: boolean;
}

/** Lets everything pass: for what has no layers, or does not tell of them. */
export class NullLayerFilter implements LayerFilter {
  readonly needsKeyframe = false;

  select(): void {}

  restart(): void {}

  judge(): Verdict {
    return verdict.forward;
  }
}
