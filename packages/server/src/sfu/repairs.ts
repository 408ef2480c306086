import { RtpPacketView } from '../rtp/packet.ts';
import type { SendTrackParameters } from '../rtp/parameters.ts';
import { wrapRtx, writeRtxPadding } from '../rtp/rtx.ts';
import { type DownstreamIdentity, formFor, type Munging, munge } from './munging.ts';
import { maxPacketLength, type OutgoingPacket } from './outgoing-packet.ts';
import { SentLog } from './sent-log.ts';

/** Packets that can still be asked for: about 5 s of video at 400 packets a second. */
const sentLogSize = { audio: 256, video: 2048 } as const;
/** Mungings kept for the repair of packets sent before the last changes of source. */
const keptMungings = 4;

/** What one downstream has sent, made anew from its sources' rings where the viewer misses it. */
export class Repairs {
  /** To be told of each packet that leaves. */
  readonly log: SentLog;
  readonly #parameters: SendTrackParameters;
  readonly #identity: DownstreamIdentity;
  readonly #mungings: Munging[] = [];
  #firstMungingId = 0;
  #rtxSequence = 0;

  constructor(parameters: SendTrackParameters, identity: DownstreamIdentity) {
    this.#parameters = parameters;
    this.#identity = identity;
    this.log = new SentLog(sentLogSize[parameters.kind]);
  }

  /** The packets that leave from now on have this munging; its `id` is one more than that of the one before. */
  onMunging(munging: Munging): void {
    this.#mungings[munging.id % keptMungings] = munging;
  }

  /**
   * What was sent before this munging, the first one after a step down, is not sent again. The line was full, and the
   * viewer goes on from the keyframe that the step began with, which old packets would only delay.
   */
  forgetBefore(munging: Munging): void {
    this.#firstMungingId = munging.id;
  }

  /**
   * The packet with this number once more: as RTX (RFC 4588) where that was negotiated, else as it was.
   * @param packet the room's outgoing packet, used as the place to rebuild it in
   * @returns valid until the next call; undefined where it is not to be had any more
   */
  rebuild(sequence: number, packet: OutgoingPacket, transportSequence: number, nowUs: number): Buffer | undefined {
    const sourceSequence = this.log.sourceSequence(sequence);
    if (sourceSequence < 0) return undefined;
    const mungingId = this.log.mungingId(sequence);
    const munging = this.#mungings[mungingId % keptMungings];
    if (munging?.id !== mungingId || mungingId < this.#firstMungingId) return undefined;
    if (munging.source.recall(sourceSequence, packet, nowUs) === 0) return undefined;
    const pictureId = this.log.pictureId(sequence);
    const markerBit = this.log.markerBit(sequence);
    const form = formFor(packet, munging, this.#identity);
    munge(form, munging, this.#identity, sequence, pictureId, markerBit, transportSequence);
    return munging.rtxPayloadType === 0 ? form.view : this.#wrap(form.view, munging.rtxPayloadType);
  }

  /** A packet of padding for the RTX stream of this munging, valid until the next call. */
  padding(munging: Munging, timestamp: number, transportSequence: number, nowUs: number): Buffer {
    const { transportCcId, absSendTimeId } = this.#identity;
    const stream = { ssrc: this.#parameters.rtxSsrc, payloadType: munging.rtxPayloadType };
    const sequenceNumber = this.#rtxSequence & 0xffff;
    this.#rtxSequence += 1;
    const header = { ...stream, sequenceNumber, timestamp, transportCcId, absSendTimeId, transportSequence };
    return rtxBuffer.subarray(0, writeRtxPadding(header, nowUs, rtxBuffer));
  }

  #wrap(packet: Buffer, rtxPayloadType: number): Buffer {
    rtxView.parse(packet);
    const length = wrapRtx(rtxView, this.#parameters.rtxSsrc, rtxPayloadType, this.#rtxSequence & 0xffff, rtxBuffer);
    this.#rtxSequence += 1;
    return rtxBuffer.subarray(0, length);
  }
}

/** Retransmissions are built one at a time, so they share one place to be built in. */
const rtxView = new RtpPacketView();
const rtxBuffer = Buffer.alloc(maxPacketLength + 2);
