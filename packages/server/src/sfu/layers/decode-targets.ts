import { DependencyDescriptorReader } from '../../rtp/dependency-descriptor.ts';
import { maxDecodeTargets } from '../../rtp/dependency-structure.ts';
import type { PayloadInfo } from '../../rtp/payload/payload-info.ts';

/** Frames that later ones may refer to; a power of two. AV1 encoders look back some 20 at most. */
const keptFrames = 128;

/**
 * The decode targets of one source, by its dependency descriptors: read once per packet, for all downstreams.
 * Keeps of each frame which targets it belongs to, so as to tell who can decode the frames that refer to it.
 */
export class DecodeTargets {
  /** Grows when the structure changes, which begins with a keyframe. */
  structureVersion = 0;
  /** Extended sequence number of the packet that brought the structure. */
  structureSequence = -1;
  /** Grows when the structure changes, or the set of targets that the host produces. */
  version = 0;
  readonly #reader = new DependencyDescriptorReader();
  #activeTargets = 0;
  /** By target: the targets of which every frame is also one of this target. */
  readonly #included: Int32Array = new Int32Array(maxDecodeTargets);
  /** The targets with layers above each spatial layer. */
  readonly #targetsAbove: Int32Array = new Int32Array(8);
  readonly #frameNumbers: Int32Array = new Int32Array(keptFrames).fill(-1);
  readonly #present: Int32Array = new Int32Array(keptFrames);
  readonly #decodable: Int32Array = new Int32Array(keptFrames);

  /**
   * Takes in the extension's data of one packet, and puts what it tells into `out`, which the payload's inspection has
   * filled before. What cannot be read changes nothing: such a packet passes to all.
   */
  read(buffer: Buffer, offset: number, length: number, extendedSequence: number, out: PayloadInfo): void {
    const reader = this.#reader;
    if (!reader.read(buffer, offset, length)) return;
    if (reader.structurePresent) this.#onStructure(extendedSequence, out);
    if (reader.activeTargets !== this.#activeTargets) this.version += 1;
    this.#activeTargets = reader.activeTargets;
    const slot = this.#remember();
    out.frameStart = reader.startOfFrame;
    out.frameEnd = reader.endOfFrame;
    out.spatialLayer = reader.spatialLayer;
    out.temporalLayer = reader.temporalLayer;
    out.presentTargets = reader.presentTargets;
    out.switchTargets = reader.switchTargets;
    out.decodableTargets = this.#decodable[slot] ?? 0;
    out.interPicturePredicted = this.#refersBeyondPicture();
    out.upperLayersIndependent = (reader.presentTargets & (this.#targetsAbove[reader.spatialLayer] ?? 0)) === 0;
    out.discardable = reader.presentTargets === reader.discardableTargets;
  }

  /** Of the targets that the host produces and that go no higher, the one with the highest layers; -1 for none. */
  best(spatialLayer: number, temporalLayer: number): number {
    const { targetSpatialLayer, targetTemporalLayer, decodeTargetCount } = this.#reader.structure;
    let best = -1;
    let bestRank = -1;
    for (let target = 0; target < decodeTargetCount; target += 1) {
      const spatial = targetSpatialLayer[target] ?? 0;
      const temporal = targetTemporalLayer[target] ?? 0;
      const isActive = ((this.#activeTargets >>> target) & 1) === 1;
      const rank = spatial * 8 + temporal;
      if (!isActive || spatial > spatialLayer || temporal > temporalLayer || rank <= bestRank) continue;
      best = target;
      bestRank = rank;
    }
    return best;
  }

  spatialLayer(target: number): number {
    return this.#reader.structure.targetSpatialLayer[target] ?? 0;
  }

  /** Pixels of a spatial layer's pictures; 0 where the structure does not tell. */
  height(spatialLayer: number): number {
    return this.#reader.structure.height[spatialLayer] ?? 0;
  }

  /** Whoever has been sent all frames of `from` has been sent all of `to`. */
  includes(from: number, to: number): boolean {
    return (((this.#included[from] ?? 0) >>> to) & 1) === 1;
  }

  #onStructure(extendedSequence: number, out: PayloadInfo): void {
    const { structure } = this.#reader;
    this.structureSequence = extendedSequence;
    out.width = structure.width[structure.maxSpatialLayer] ?? 0;
    out.height = structure.height[structure.maxSpatialLayer] ?? 0;
    this.structureVersion += 1;
    this.version += 1;
    this.#included.fill(-1);
    this.#targetsAbove.fill(0);
    for (let target = 0; target < structure.decodeTargetCount; target += 1) {
      for (let template = 0; template < structure.templateCount; template += 1) {
        const present = structure.presentTargets(template);
        if (((present >>> target) & 1) === 0) this.#included[target] = (this.#included[target] ?? 0) & ~present;
      }
      for (let spatial = 0; spatial < (structure.targetSpatialLayer[target] ?? 0); spatial += 1) {
        this.#targetsAbove[spatial] = (this.#targetsAbove[spatial] ?? 0) | (1 << target);
      }
    }
    // Frames before it are not referred to, and their targets were others.
    this.#frameNumbers.fill(-1);
  }

  /** Notes the frame at its first packet to arrive; all its packets tell the same. */
  #remember(): number {
    const { frameNumber, presentTargets } = this.#reader;
    const slot = frameNumber % keptFrames;
    if (this.#frameNumbers[slot] === frameNumber) return slot;
    this.#decodable[slot] = this.#decodableTargets();
    this.#frameNumbers[slot] = frameNumber;
    this.#present[slot] = presentTargets;
    return slot;
  }

  /** The targets whose followers have been sent all that the frame refers to. */
  #decodableTargets(): number {
    const { frameNumber, referenceCount, references } = this.#reader;
    let targets = -1;
    for (let index = 0; index < referenceCount; index += 1) {
      const reference = (frameNumber - (references[index] ?? 0)) & 0xffff;
      const slot = reference % keptFrames;
      targets &= this.#frameNumbers[slot] === reference ? (this.#present[slot] ?? 0) : 0;
    }
    return targets;
  }

  /** A frame of spatial layer n stands n behind its picture's first at most, so it refers further for another one. */
  #refersBeyondPicture(): boolean {
    const { referenceCount, references, spatialLayer } = this.#reader;
    for (let index = 0; index < referenceCount; index += 1) {
      if ((references[index] ?? 0) > spatialLayer) return true;
    }
    return false;
  }
}
