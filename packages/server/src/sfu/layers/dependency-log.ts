import type { PayloadInfo } from '../../rtp/payload/payload-info.ts';

/**
 * What dependency descriptors told of a source's last packets. The extension itself does not stay with a packet, so
 * whoever takes one out of the packet ring again, to begin with it, finds here what its payload cannot tell.
 */
export class DependencyLog {
  readonly #mask: number;
  readonly #sequence: Float64Array;
  readonly #present: Int32Array;
  readonly #switch: Int32Array;
  readonly #decodable: Int32Array;
  /** Temporal layer (3 bits), spatial layer (2), then one for each flag. */
  readonly #rest: Uint16Array;

  /** @param capacityPackets power of two, as of the packet ring beside it */
  constructor(capacityPackets: number) {
    this.#mask = capacityPackets - 1;
    this.#sequence = new Float64Array(capacityPackets).fill(-1);
    this.#present = new Int32Array(capacityPackets);
    this.#switch = new Int32Array(capacityPackets);
    this.#decodable = new Int32Array(capacityPackets);
    this.#rest = new Uint16Array(capacityPackets);
  }

  record(extendedSequence: number, payload: PayloadInfo): void {
    const slot = extendedSequence & this.#mask;
    this.#sequence[slot] = extendedSequence;
    this.#present[slot] = payload.presentTargets;
    this.#switch[slot] = payload.switchTargets;
    this.#decodable[slot] = payload.decodableTargets;
    this.#rest[slot] =
      payload.temporalLayer |
      (payload.spatialLayer << 3) |
      (Number(payload.frameStart) << 5) |
      (Number(payload.frameEnd) << 6) |
      (Number(payload.interPicturePredicted) << 7) |
      (Number(payload.upperLayersIndependent) << 8) |
      (Number(payload.discardable) << 9);
  }

  /** Puts back what was recorded; leaves `payload` as it is where that is too long ago. */
  restore(extendedSequence: number, payload: PayloadInfo): void {
    const slot = extendedSequence & this.#mask;
    if (this.#sequence[slot] !== extendedSequence) return;
    const rest = this.#rest[slot] ?? 0;
    payload.presentTargets = this.#present[slot] ?? -1;
    payload.switchTargets = this.#switch[slot] ?? 0;
    payload.decodableTargets = this.#decodable[slot] ?? 0;
    payload.temporalLayer = rest & 7;
    payload.spatialLayer = (rest >> 3) & 3;
    payload.frameStart = (rest & 32) !== 0;
    payload.frameEnd = (rest & 64) !== 0;
    payload.interPicturePredicted = (rest & 128) !== 0;
    payload.upperLayersIndependent = (rest & 256) !== 0;
    payload.discardable = (rest & 512) !== 0;
  }
}
