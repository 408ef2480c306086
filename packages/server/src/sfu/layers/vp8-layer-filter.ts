import type { PayloadInfo } from '../../rtp/payload/payload-info.ts';
import { allLayers, type LayerFilter, type Verdict, verdict } from './layer-filter.ts';
import { LayerHistory } from './layer-history.ts';

/** Temporal layers of VP8 (RFC 7741): 0 to 3. The history's state is the mask of those that pass. */
export class Vp8LayerFilter implements LayerFilter {
  readonly needsKeyframe = false;
  readonly #history = new LayerHistory();
  #wanted = mask(allLayers);
  #timestamp = -1;

  constructor() {
    this.restart();
  }

  select(_spatialLayer: number, temporalLayer: number): void {
    this.#wanted = mask(temporalLayer);
  }

  restart(): void {
    this.#history.reset(this.#wanted);
    this.#timestamp = -1;
  }

  judge(payload: PayloadInfo, extendedSequence: number, timestamp: number): Verdict {
    const history = this.#history;
    let open = history.current;
    if (!history.advance(extendedSequence)) {
      open = history.at(extendedSequence);
    } else if (payload.frameStart && timestamp !== this.#timestamp) {
      this.#timestamp = timestamp;
      open = this.#openAt(payload);
      history.change(open, extendedSequence);
    }
    return ((open >> payload.temporalLayer) & 1) === 0 ? verdict.drop : verdict.forward;
  }

  #openAt(payload: PayloadInfo): number {
    if (payload.keyframeStart) return this.#wanted;
    const open = this.#history.current & this.#wanted;
    const layer = 1 << payload.temporalLayer;
    if ((open & layer) !== 0 || (this.#wanted & layer) === 0) return open;
    // It refers to the base layer alone, and what follows in its layer to nothing older (section 4.2, Y).
    if (payload.layerSync) return open | layer;
    // It cannot be decoded, and layers above may refer to it.
    return open & (layer - 1);
  }
}

function mask(highestLayer: number): number {
  return (2 << highestLayer) - 1;
}
