import { BitReader } from './bit-reader.ts';
import { DependencyStructure, maxDecodeTargets, maxReferences } from './dependency-structure.ts';

/** Start and end of frame, template id, frame number: all that most packets carry (A.8.2). */
const mandatoryLength = 3;

/**
 * Reads the dependency descriptor header extension ("RTP Payload Format For AV1", appendix A) of one source's packets,
 * and keeps the structure that later ones refer to. `read` overwrites all fields; nothing is allocated per packet.
 *
 * A set of decode targets is a mask: bit `i` stands for target `i`.
 */
export class DependencyDescriptorReader {
  startOfFrame = false;
  endOfFrame = false;
  /** 16 bits; grows by one from frame to frame in decode order. */
  frameNumber = 0;
  spatialLayer = 0;
  temporalLayer = 0;
  /** The high and the low bits of the decode target indications (table A.1). */
  indicationHigh = 0;
  indicationLow = 0;
  /** The frames this one refers to, as differences of frame numbers. */
  referenceCount = 0;
  readonly references: Uint16Array = new Uint16Array(maxReferences);
  /** The frame before this one in each chain, as a difference; 0 where the chain begins anew. */
  readonly chainDifferences: Uint8Array = new Uint8Array(maxDecodeTargets);
  /** This packet brought a structure: its frame begins a coded video sequence. */
  structurePresent = false;
  /** The decode targets that the host produces now. */
  activeTargets = 0;
  #structure = new DependencyStructure();
  #spare = new DependencyStructure();
  readonly #bits = new BitReader();

  /** The latest structure; it has no templates before the first. */
  get structure(): DependencyStructure {
    return this.#structure;
  }

  /** The decode targets that the frame belongs to. */
  get presentTargets(): number {
    return this.indicationHigh | this.indicationLow;
  }

  /** Those of them in which no other frame refers to this one. */
  get discardableTargets(): number {
    return this.indicationLow & ~this.indicationHigh;
  }

  /** Those that can be followed from this frame on by whoever can decode it. */
  get switchTargets(): number {
    return this.indicationHigh & ~this.indicationLow;
  }

  /**
   * Reads the extension's data, which must lie within the buffer. Returns false where it is malformed or refers to a
   * structure that has not come yet; the frame's fields mean nothing then, and the structure stays. Never throws.
   */
  read(buffer: Buffer, offset: number, length: number): boolean {
    if (length < mandatoryLength) return false;
    const bits = this.#bits;
    bits.open(buffer, offset, length);
    this.startOfFrame = bits.bit() === 1;
    this.endOfFrame = bits.bit() === 1;
    const templateId = bits.bits(6);
    this.frameNumber = bits.bits(16);
    const flags = length > mandatoryLength ? bits.bits(5) : 0;
    const attached = (flags & 0x10) !== 0; // template_dependency_structure_present_flag
    if (attached && !this.#spare.read(bits)) return false;
    const structure = attached ? this.#spare : this.#structure;
    const hasActive = (flags & 0x08) !== 0; // active_decode_targets_present_flag
    const active = hasActive ? bits.bits(structure.decodeTargetCount) | 0 : allTargets(structure);
    const template = (templateId + 64 - structure.templateIdOffset) % 64;
    if (template >= structure.templateCount) return false;
    this.#readFrame(structure, template, flags);
    if (bits.overrun) return false;
    this.structurePresent = attached;
    if (attached || hasActive) this.activeTargets = active;
    if (attached) this.#keepSpare();
    return true;
  }

  /** frame_dependency_definition(): the template's, but for what the packet says itself. */
  #readFrame(structure: DependencyStructure, template: number, flags: number): void {
    this.spatialLayer = structure.spatialLayer[template] ?? 0;
    this.temporalLayer = structure.temporalLayer[template] ?? 0;
    if ((flags & 0x04) !== 0) {
      this.#readIndications(structure);
    } else {
      this.indicationHigh = (structure.indicationHigh[template] ?? 0) | 0;
      this.indicationLow = (structure.indicationLow[template] ?? 0) | 0;
    }
    if ((flags & 0x02) !== 0) this.#readReferences();
    else this.#takeReferences(structure, template);
    const custom = (flags & 0x01) !== 0;
    for (let chain = 0; chain < structure.chainCount; chain += 1) {
      this.chainDifferences[chain] = custom
        ? this.#bits.bits(8)
        : (structure.chainDifferences[template * maxDecodeTargets + chain] ?? 0);
    }
  }

  #readIndications(structure: DependencyStructure): void {
    this.indicationHigh = 0;
    this.indicationLow = 0;
    for (let target = 0; target < structure.decodeTargetCount; target += 1) {
      this.indicationHigh |= this.#bits.bit() << target;
      this.indicationLow |= this.#bits.bit() << target;
    }
  }

  #readReferences(): void {
    this.referenceCount = 0;
    for (let size = this.#bits.bits(2); size !== 0; size = this.#bits.bits(2)) {
      const difference = this.#bits.bits(4 * size) + 1;
      if (this.referenceCount === maxReferences) {
        this.#bits.overrun = true;
        return;
      }
      this.references[this.referenceCount] = difference;
      this.referenceCount += 1;
    }
  }

  #takeReferences(structure: DependencyStructure, template: number): void {
    this.referenceCount = structure.referenceCount[template] ?? 0;
    for (let index = 0; index < this.referenceCount; index += 1) {
      this.references[index] = structure.references[template * maxReferences + index] ?? 0;
    }
  }

  #keepSpare(): void {
    const before = this.#structure;
    this.#structure = this.#spare;
    this.#spare = before;
  }
}

function allTargets(structure: DependencyStructure): number {
  return structure.decodeTargetCount === maxDecodeTargets ? -1 : (1 << structure.decodeTargetCount) - 1;
}
