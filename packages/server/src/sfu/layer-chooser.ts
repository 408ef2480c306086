import type { Downstream } from './downstream.ts';
import type { Source } from './source.ts';

/** Decides which of a track's layers a viewer gets. Asked when the layers to be had change, and when a viewer joins. */
export interface LayerChooser {
  /** @param candidates the live layers that the viewer can decode; may be empty */
  choose(candidates: readonly Source[], downstream: Downstream): Source | undefined;
}

/** Gives everyone the best layer there is, whatever the viewer's line carries. */
export class HighestLayerChooser implements LayerChooser {
  choose(candidates: readonly Source[]): Source | undefined {
    let best: Source | undefined;
    for (const candidate of candidates) {
      if (best === undefined || isAbove(candidate, best)) best = candidate;
    }
    return best;
  }
}

/** By resolution where keyframes have told it, else in the order in which the host listed its layers. */
function isAbove(a: Source, b: Source): boolean {
  const pixels = a.width * a.height;
  const otherPixels = b.width * b.height;
  if (pixels > 0 && otherPixels > 0 && pixels !== otherPixels) return pixels > otherPixels;
  return a.index > b.index;
}
