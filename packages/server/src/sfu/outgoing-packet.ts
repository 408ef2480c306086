import { absSendTime } from '../rtp/extensions.ts';
import type { RtpPacketView } from '../rtp/packet.ts';
import type { CodecName } from '../rtp/parameters.ts';
import { inspectPayload } from '../rtp/payload/inspect.ts';
import { PayloadInfo } from '../rtp/payload/payload-info.ts';

/** RTP header and extension block; see the layout below. */
export const egressHeaderLength = 28;
/** Longest packet that is forwarded; a longer one would not pass a common path either. */
export const maxPacketLength = 1500;

/**
 * The one packet on its way out, in the form in which packets are also kept in the ring.
 *
 * The host's hop-by-hop header extensions and padding are gone; in their place stands a block of fixed layout
 * (RFC 8285, one-byte form), equal for all viewers but for local ids and values. So one buffer serves all viewers,
 * patched at fixed places, viewer after viewer; the transport copies what it sends.
 *
 * ```
 *  0  V=2 X | marker, payload type* | sequence number*
 *  4  timestamp*
 *  8  SSRC*
 * 12  0xBEDE | 3 words
 * 16  id*, 1 | transport-wide sequence number* (2)
 * 19  id*, 2 | absolute send time (3)
 * 23  id*, 0 | audio level or video orientation (1)
 * 25  padding (3)
 * 28  payload
 * ```
 * `*` is patched by each downstream. An extension that a viewer did not negotiate is zeroed, which is padding.
 */
export class OutgoingPacket {
  readonly buffer: Buffer = Buffer.alloc(maxPacketLength);
  /** `buffer` cut to the packet's length: views are kept, one for each length, so none is made per packet. */
  view: Buffer = this.buffer;
  /** `buffer` cut to the header: a packet without payload. */
  readonly headerView: Buffer = this.buffer.subarray(0, egressHeaderLength);
  extendedSequence = 0;
  timestamp = 0;
  /** 0x80 or 0. */
  markerBit = 0;
  /** The packet carries an audio level or video orientation. */
  hasHopValue = false;
  hopValue = 0;
  /** When it goes out. */
  nowUs = 0;
  /** 24 bits, 6.18 seconds; stamped once for all viewers. */
  absSendTime = 0;
  readonly payload: PayloadInfo = new PayloadInfo();
  readonly #views: (Buffer | undefined)[] = new Array(maxPacketLength + 1);

  /**
   * Takes in a packet as the host sent it.
   * @param hopValue the audio level or video orientation byte, or -1 where there is none
   * @returns false where it is too long to be forwarded
   */
  load(packet: RtpPacketView, extendedSequence: number, hopValue: number, codec: CodecName, nowUs: number): boolean {
    const length = egressHeaderLength + packet.payloadLength;
    if (length > maxPacketLength) return false;
    const buffer = this.buffer;
    buffer.fill(0, 0, egressHeaderLength);
    buffer[0] = 0x90;
    buffer[1] = packet.marker ? 0x80 : 0;
    buffer.writeUInt32BE(packet.timestamp, 4);
    buffer.writeUInt32BE(0xbede0003, 12);
    // The id is filled in later; not zero tells `settle`, also when the packet comes back from the ring.
    if (hopValue >= 0) buffer[23] = 0xf0;
    if (hopValue >= 0) buffer[24] = hopValue;
    packet.buffer.copy(buffer, egressHeaderLength, packet.payloadOffset, packet.payloadOffset + packet.payloadLength);
    this.settle(extendedSequence, length, codec, nowUs);
    return true;
  }

  /** Reads the fields of what stands in `buffer`, loaded from the host or copied from the ring. */
  settle(extendedSequence: number, length: number, codec: CodecName, nowUs: number): void {
    const buffer = this.buffer;
    this.view = this.#viewOf(length);
    this.extendedSequence = extendedSequence;
    this.timestamp = buffer.readUInt32BE(4);
    this.markerBit = (buffer[1] ?? 0) & 0x80;
    this.hasHopValue = buffer[23] !== 0;
    this.hopValue = buffer[24] ?? 0;
    this.nowUs = nowUs;
    this.absSendTime = absSendTime(nowUs);
    inspectPayload(codec, buffer, egressHeaderLength, length - egressHeaderLength, this.payload);
  }

  #viewOf(length: number): Buffer {
    let view = this.#views[length];
    if (view === undefined) {
      view = this.buffer.subarray(0, length);
      this.#views[length] = view;
    }
    return view;
  }
}
