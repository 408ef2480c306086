import type { PayloadInfo } from '../../rtp/payload/payload-info.ts';
import { allLayers, type LayerFilter, type Verdict, verdict } from './layer-filter.ts';
import { LayerHistory } from './layer-history.ts';

/** The history's state: the highest spatial layer that passes (3 bits), the flag, and the highest temporal layer. */
const spatialMask = 7;
/** Lower spatial layers are left out where nothing above needs them. */
const loneFlag = 8;
const temporalShift = 4;

/**
 * Spatial and temporal layers of VP9 (RFC 9628).
 *
 * A higher spatial layer is joined at a keyframe only. An encoder may begin one within any picture (P not set), but then
 * the frame below has gone out already as the last of that picture.
 *
 * With "K-SVC" (L3T3_KEY and the like) spatial layers are predicted from each other in key pictures only: in between, a
 * viewer needs its own layer and none below. Having left those out, it can leave its layer only at a keyframe.
 */
export class Vp9LayerFilter implements LayerFilter {
  readonly #history = new LayerHistory();
  #wantedSpatial = allLayers;
  #wantedTemporal = allLayers;
  #timestamp = -1;
  /** How the top layer that passes was predicted between the key pictures, as far as seen since the last one. */
  #topSeen = false;
  #interLayerSeen = false;

  constructor() {
    this.restart();
  }

  select(spatialLayer: number, temporalLayer: number): void {
    this.#wantedSpatial = spatialLayer;
    this.#wantedTemporal = temporalLayer;
  }

  restart(): void {
    this.#history.reset(this.#wantedSpatial | (this.#wantedTemporal << temporalShift));
    this.#timestamp = -1;
    this.#forgetPrediction();
  }

  get needsKeyframe(): boolean {
    const spatial = this.#history.current & spatialMask;
    const isLone = (this.#history.current & loneFlag) !== 0;
    return this.#wantedSpatial > spatial || (this.#wantedSpatial < spatial && isLone);
  }

  judge(payload: PayloadInfo, extendedSequence: number, timestamp: number): Verdict {
    const history = this.#history;
    let state = history.current;
    if (!history.advance(extendedSequence)) {
      state = history.at(extendedSequence);
    } else if (payload.frameStart) {
      state = timestamp === this.#timestamp ? this.#inPicture(payload, state) : this.#atPicture(payload, state);
      this.#timestamp = timestamp;
      history.change(state, extendedSequence);
    }
    const top = state & spatialMask;
    const { spatialLayer } = payload;
    if (spatialLayer > top || payload.temporalLayer > state >> temporalShift) return verdict.drop;
    if (spatialLayer < top && (state & loneFlag) !== 0 && isLeftAlone(payload)) return verdict.drop;
    return payload.frameEnd && spatialLayer === top ? verdict.forwardMarked : verdict.forward;
  }

  /** What holds from the first frame of a picture on. */
  #atPicture(payload: PayloadInfo, before: number): number {
    if (payload.keyframeStart) {
      this.#forgetPrediction();
      return this.#wantedSpatial | (this.#wantedTemporal << temporalShift);
    }
    const isLone = (before & loneFlag) !== 0;
    const spatial = isLone ? before & spatialMask : Math.min(before & spatialMask, this.#wantedSpatial);
    if (spatial !== (before & spatialMask)) this.#forgetPrediction();
    return this.#inPicture(
      payload,
      spatial | (before & loneFlag) | (this.#temporalAt(payload, before) << temporalShift),
    );
  }

  /** Higher temporal layers are joined with a picture that passes and has a switching-up point (section 4.2, U). */
  #temporalAt(payload: PayloadInfo, before: number): number {
    const temporal = before >> temporalShift;
    const joins = payload.switchingUpPoint && payload.temporalLayer <= temporal;
    return joins ? this.#wantedTemporal : Math.min(temporal, this.#wantedTemporal);
  }

  /** What holds from a layer's frame on. */
  #inPicture(payload: PayloadInfo, before: number): number {
    if (payload.interPicturePredicted) this.#watchPrediction(payload, before & spatialMask);
    return this.#topSeen && !this.#interLayerSeen ? before | loneFlag : before;
  }

  #watchPrediction(payload: PayloadInfo, spatial: number): void {
    if (payload.spatialLayer > spatial || payload.spatialLayer === 0) return;
    if (payload.interLayerPredicted) this.#interLayerSeen = true;
    if (payload.spatialLayer === spatial) this.#topSeen = true;
  }

  #forgetPrediction(): void {
    this.#topSeen = false;
    this.#interLayerSeen = false;
  }
}

/** Between key pictures, and no layer above is predicted from it. */
function isLeftAlone(payload: PayloadInfo): boolean {
  return payload.interPicturePredicted && payload.upperLayersIndependent;
}
