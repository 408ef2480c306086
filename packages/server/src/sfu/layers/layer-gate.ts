import type { PayloadInfo } from '../../rtp/payload/payload-info.ts';
import { seqDiff } from '../../rtp/sequence.ts';
import { type LayerFilter, verdict } from './layer-filter.ts';
import { SequenceCompactor } from './sequence-compactor.ts';

/** What a gate says of a packet: `fill` asks for an empty packet, with the sequence number that was reserved for it. */
export const passage = { none: 0, packet: 1, fill: 2 } as const;
export type Passage = (typeof passage)[keyof typeof passage];

/**
 * Where one downstream's layers are chosen: a filter drops whole frames, and the numbers of what passes are closed up.
 * The outcome of the last packet stands in the fields. Runs once per packet and viewer: no allocation.
 */
export class LayerGate {
  /** In the source's numbering, less what was dropped; for `packet` and `fill`. */
  sequence = 0;
  /** The same of the picture id, not cut to its bits; -1 where the packet has none. */
  pictureId = -1;
  /** The packet is the last of its picture, whatever its own marker bit says. */
  marker = false;
  readonly filter: LayerFilter;
  readonly #sequences = new SequenceCompactor();
  readonly #pictures = new SequenceCompactor();
  /** Only VP8's: with VP9, other fields refer to picture ids, so gaps in these must stay. */
  readonly #compactsPictures: boolean;
  #highestPictureId = -1;
  #droppedTimestamp = -1;
  #droppedSpatialLayer = -1;

  constructor(filter: LayerFilter, compactsPictures: boolean) {
    this.filter = filter;
    this.#compactsPictures = compactsPictures;
  }

  /** Begins with this packet, the first of a keyframe: its numbers come out as they are. */
  restart(payload: PayloadInfo, extendedSequence: number): void {
    this.filter.restart();
    this.#sequences.restart(extendedSequence);
    this.#droppedTimestamp = -1;
    // As a number that never wraps; the first stays above 0 however far late pictures are behind.
    this.#highestPictureId = payload.pictureId < 0 ? -1 : payload.pictureId + 0x8000;
    this.#pictures.restart(this.#highestPictureId);
  }

  pass(payload: PayloadInfo, extendedSequence: number, timestamp: number): Passage {
    const decision = this.filter.judge(payload, extendedSequence, timestamp);
    if (decision === verdict.drop) return this.#drop(payload, extendedSequence, timestamp);
    this.sequence = this.#sequences.forward(extendedSequence);
    if (this.sequence < 0) return passage.none;
    this.#droppedTimestamp = -1;
    this.marker = decision === verdict.forwardMarked;
    this.pictureId = payload.pictureId;
    if (this.#compactsPictures && payload.pictureId >= 0) this.#forwardPicture(payload);
    return passage.packet;
  }

  #drop(payload: PayloadInfo, extendedSequence: number, timestamp: number): Passage {
    if (this.#compactsPictures && payload.pictureId >= 0) this.#pictures.drop(this.#extendPictureId(payload));
    // What is missing between two packets of one dropped frame is dropped with it.
    const withGap = timestamp === this.#droppedTimestamp && payload.spatialLayer === this.#droppedSpatialLayer;
    const isLatest = extendedSequence > this.#sequences.highest;
    this.sequence = this.#sequences.drop(extendedSequence, withGap);
    if (isLatest) {
      this.#droppedTimestamp = timestamp;
      this.#droppedSpatialLayer = payload.spatialLayer;
    }
    return this.sequence < 0 ? passage.none : passage.fill;
  }

  #forwardPicture(payload: PayloadInfo): void {
    const extended = this.#extendPictureId(payload);
    const pictureId = this.#pictures.forward(extended);
    // Of a picture that was taken for dropped: its own number is as good as any.
    this.pictureId = (pictureId < 0 ? extended : pictureId) - 0x8000;
  }

  #extendPictureId(payload: PayloadInfo): number {
    const shift = payload.pictureIdBits === 7 ? 9 : 1;
    const difference = seqDiff(payload.pictureId << shift, this.#highestPictureId << shift) >> shift;
    const extended = this.#highestPictureId + difference;
    if (difference > 0) this.#highestPictureId = extended;
    return extended;
  }
}
