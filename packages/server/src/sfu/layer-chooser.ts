import type { LineShare } from './layers/adaptive-layer-chooser.ts';
import type { LayerCaps } from './layers/layer-caps.ts';
import type { LayerRung } from './layers/layer-ladder.ts';
import type { Source } from './source.ts';

/** Decides which of a track's layers one viewer gets. One for each downstream of video; keeps what it chose before. */
export interface LayerChooser {
  /** Nothing above these is chosen. */
  caps: LayerCaps;
  /** Video is held back: the line does not carry even the lowest layer. */
  readonly paused: boolean;
  /** What the best layer that the viewer may have takes, audio included, in bits a second; 0 before anything is known. */
  readonly demandBps: number;
  /**
   * @param ladder what there is, worst to best; never empty
   * @returns what to send now; nothing while paused
   */
  choose(ladder: readonly LayerRung<Source>[], line: LineShare, nowUs: number): LayerRung<Source> | undefined;
}

/** The best layer there is: for what is not measured yet, and for audio. */
export function highestLayer(candidates: readonly Source[]): Source | undefined {
  let best: Source | undefined;
  for (const candidate of candidates) {
    if (best === undefined || isAbove(candidate, best)) best = candidate;
  }
  return best;
}

/** A first picture for somebody of whose line nothing is known yet. */
export function lowestLayer(candidates: readonly Source[]): Source | undefined {
  let lowest: Source | undefined;
  for (const candidate of candidates) {
    if (lowest === undefined || isAbove(lowest, candidate)) lowest = candidate;
  }
  return lowest;
}

/** By resolution where keyframes have told it, else in the order in which the host listed its layers. */
function isAbove(a: Source, b: Source): boolean {
  const pixels = a.width * a.height;
  const otherPixels = b.width * b.height;
  if (pixels > 0 && otherPixels > 0 && pixels !== otherPixels) return pixels > otherPixels;
  return a.index > b.index;
}
