import type { BitReader } from './bit-reader.ts';

/** 32 decode targets fit a mask; the format has no more (5 bits, A.8.2). */
export const maxDecodeTargets = 32;
/** Template ids have 6 bits. */
const maxTemplates = 64;
/** AV1 has 2 bits for a spatial and 3 for a temporal id. */
const maxSpatialLayer = 3;
const maxTemporalLayer = 7;
/** Frames that one frame refers to. AV1 has 7 reference slots; what lists more than this is malformed. */
export const maxReferences = 16;

/**
 * The frame dependency structure of a dependency descriptor ("RTP Payload Format For AV1", appendix A.8): what the
 * decode targets of a coded video sequence are, and the templates by which its frames tell their place in it.
 *
 * A set of decode targets is a mask: bit `i` stands for target `i`.
 */
export class DependencyStructure {
  /** Template id of the first template. */
  templateIdOffset = 0;
  templateCount = 0;
  decodeTargetCount = 0;
  chainCount = 0;
  /** Of each decode target: its highest layers, and the chain that protects it. */
  readonly targetSpatialLayer: Uint8Array = new Uint8Array(maxDecodeTargets);
  readonly targetTemporalLayer: Uint8Array = new Uint8Array(maxDecodeTargets);
  readonly targetChain: Uint8Array = new Uint8Array(maxDecodeTargets);
  /** Of each template, by index. */
  readonly spatialLayer: Uint8Array = new Uint8Array(maxTemplates);
  readonly temporalLayer: Uint8Array = new Uint8Array(maxTemplates);
  /** The high and the low bits of its decode target indications. */
  readonly indicationHigh: Uint32Array = new Uint32Array(maxTemplates);
  readonly indicationLow: Uint32Array = new Uint32Array(maxTemplates);
  readonly referenceCount: Uint8Array = new Uint8Array(maxTemplates);
  /** `maxReferences` frame differences each. */
  readonly references: Uint8Array = new Uint8Array(maxTemplates * maxReferences);
  /** `maxDecodeTargets` frame differences each, one for each chain. */
  readonly chainDifferences: Uint8Array = new Uint8Array(maxTemplates * maxDecodeTargets);
  maxSpatialLayer = 0;
  /** Pixels, by spatial layer; 0 where the structure does not tell. */
  readonly width: Uint32Array = new Uint32Array(maxSpatialLayer + 1);
  readonly height: Uint32Array = new Uint32Array(maxSpatialLayer + 1);

  /** template_dependency_structure(). False where it is malformed; its fields mean nothing then. */
  read(bits: BitReader): boolean {
    this.templateIdOffset = bits.bits(6);
    this.decodeTargetCount = bits.bits(5) + 1;
    if (!this.#readLayers(bits)) return false;
    this.#readIndications(bits);
    if (!this.#readReferences(bits)) return false;
    this.#readChains(bits);
    this.#deriveTargetLayers();
    this.#readResolutions(bits);
    return !bits.overrun;
  }

  #readLayers(bits: BitReader): boolean {
    let spatial = 0;
    let temporal = 0;
    for (let template = 0; template < maxTemplates; template += 1) {
      this.spatialLayer[template] = spatial;
      this.temporalLayer[template] = temporal;
      const next = bits.bits(2); // next_layer_idc (table A.2)
      if (next === 1) temporal += 1;
      if (next === 2) {
        temporal = 0;
        spatial += 1;
      }
      if (spatial > maxSpatialLayer || temporal > maxTemporalLayer) return false;
      if (next !== 3) continue;
      this.templateCount = template + 1;
      this.maxSpatialLayer = spatial;
      return true;
    }
    return false;
  }

  #readIndications(bits: BitReader): void {
    for (let template = 0; template < this.templateCount; template += 1) {
      let high = 0;
      let low = 0;
      for (let target = 0; target < this.decodeTargetCount; target += 1) {
        high |= bits.bit() << target;
        low |= bits.bit() << target;
      }
      this.indicationHigh[template] = high;
      this.indicationLow[template] = low;
    }
  }

  #readReferences(bits: BitReader): boolean {
    for (let template = 0; template < this.templateCount; template += 1) {
      let count = 0;
      while (bits.bit() === 1) {
        if (count === maxReferences) return false;
        this.references[template * maxReferences + count] = bits.bits(4) + 1;
        count += 1;
      }
      this.referenceCount[template] = count;
    }
    return true;
  }

  #readChains(bits: BitReader): void {
    this.chainCount = bits.nonSymmetric(this.decodeTargetCount + 1);
    if (this.chainCount === 0) return;
    for (let target = 0; target < this.decodeTargetCount; target += 1) {
      this.targetChain[target] = bits.nonSymmetric(this.chainCount);
    }
    for (let template = 0; template < this.templateCount; template += 1) {
      for (let chain = 0; chain < this.chainCount; chain += 1) {
        this.chainDifferences[template * maxDecodeTargets + chain] = bits.bits(4);
      }
    }
  }

  /** decode_target_layers(): the highest layers among the templates that belong to a target. */
  #deriveTargetLayers(): void {
    for (let target = 0; target < this.decodeTargetCount; target += 1) {
      let spatial = 0;
      let temporal = 0;
      for (let template = 0; template < this.templateCount; template += 1) {
        if (((this.presentTargets(template) >>> target) & 1) === 0) continue;
        spatial = Math.max(spatial, this.spatialLayer[template] ?? 0);
        temporal = Math.max(temporal, this.temporalLayer[template] ?? 0);
      }
      this.targetSpatialLayer[target] = spatial;
      this.targetTemporalLayer[target] = temporal;
    }
  }

  #readResolutions(bits: BitReader): void {
    const present = bits.bit() === 1;
    for (let spatial = 0; spatial <= this.maxSpatialLayer; spatial += 1) {
      this.width[spatial] = present ? bits.bits(16) + 1 : 0;
      this.height[spatial] = present ? bits.bits(16) + 1 : 0;
    }
  }

  /** The decode targets that frames of this template belong to. */
  presentTargets(template: number): number {
    return (this.indicationHigh[template] ?? 0) | (this.indicationLow[template] ?? 0);
  }
}
