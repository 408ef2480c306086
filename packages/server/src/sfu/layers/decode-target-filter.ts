import type { PayloadInfo } from '../../rtp/payload/payload-info.ts';
import type { DecodeTargets } from './decode-targets.ts';
import { allLayers, type LayerFilter, type Verdict, verdict } from './layer-filter.ts';
import { LayerHistory } from './layer-history.ts';

/** Before the first structure: everything passes. */
const everything = -1;

/**
 * Any layers that a dependency descriptor tells of. The history's state is the decode target that is followed; another
 * one may be joined at a frame that says so and can be decoded here (A.7), or where all its frames have passed anyway.
 */
export class DecodeTargetFilter implements LayerFilter {
  readonly #targets: DecodeTargets;
  readonly #history = new LayerHistory();
  #wantedSpatial = allLayers;
  #wantedTemporal = allLayers;
  #wantedTarget = everything;
  /** The same temporal layer without a change of spatial layer, for as long as that has to wait. */
  #interimTarget = everything;
  #version = 0;
  #structureVersion = 0;
  #timestamp = -1;

  /** @param targets of the source that feeds the downstream */
  constructor(targets: DecodeTargets) {
    this.#targets = targets;
    this.restart();
  }

  select(spatialLayer: number, temporalLayer: number): void {
    this.#wantedSpatial = spatialLayer;
    this.#wantedTemporal = temporalLayer;
    this.#aim();
  }

  restart(): void {
    this.#history.reset(everything);
    this.#timestamp = -1;
    this.#structureVersion = -1;
    this.#aim();
  }

  get needsKeyframe(): boolean {
    const { current } = this.#history;
    if (current === everything || this.#wantedTarget === everything) return false;
    const isOtherSpatial = this.#targets.spatialLayer(current) !== this.#targets.spatialLayer(this.#wantedTarget);
    return isOtherSpatial && !this.#targets.includes(current, this.#wantedTarget);
  }

  judge(payload: PayloadInfo, extendedSequence: number, timestamp: number): Verdict {
    const history = this.#history;
    let target = history.current;
    if (!history.advance(extendedSequence)) {
      target = history.at(extendedSequence);
    } else if (payload.frameStart) {
      target = this.#targetAt(payload, target, extendedSequence, timestamp !== this.#timestamp);
      this.#timestamp = timestamp;
      history.change(target, extendedSequence);
    }
    if (target === everything) return verdict.forward;
    if (((payload.presentTargets >>> target) & 1) === 0) return verdict.drop;
    const isLast = payload.frameEnd && payload.spatialLayer === this.#targets.spatialLayer(target);
    return isLast ? verdict.forwardMarked : verdict.forward;
  }

  #targetAt(payload: PayloadInfo, current: number, sequence: number, startsPicture: boolean): number {
    if (this.#version !== this.#targets.version) this.#aim();
    // A viewer that is sent what is held back comes to the new structure later than the source did.
    if (this.#structureVersion !== this.#targets.structureVersion && sequence >= this.#targets.structureSequence) {
      this.#structureVersion = this.#targets.structureVersion;
      return this.#wantedTarget;
    }
    if (current === this.#wantedTarget || current === everything) return current;
    if (this.#canJoin(payload, current, this.#wantedTarget, startsPicture)) return this.#join(this.#wantedTarget);
    if (this.#canJoin(payload, current, this.#interimTarget, startsPicture)) return this.#join(this.#interimTarget);
    return current;
  }

  #canJoin(payload: PayloadInfo, current: number, target: number, startsPicture: boolean): boolean {
    if (target === everything) return false;
    if (startsPicture && this.#targets.includes(current, target)) return true;
    // Within a picture, the frame that was to be its last may have gone out as such already.
    const staysLast = this.#targets.spatialLayer(target) === this.#targets.spatialLayer(current);
    if (!startsPicture && !staysLast) return false;
    const switches = ((payload.switchTargets >>> target) & 1) === 1;
    return switches && ((payload.decodableTargets >>> current) & 1) === 1;
  }

  #join(target: number): number {
    this.#interimTarget = target;
    return target;
  }

  #aim(): void {
    const targets = this.#targets;
    const { current } = this.#history;
    this.#version = targets.version;
    this.#wantedTarget = targets.best(this.#wantedSpatial, this.#wantedTemporal);
    this.#interimTarget =
      current === everything ? everything : targets.best(targets.spatialLayer(current), this.#wantedTemporal);
  }
}
