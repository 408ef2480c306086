import { absSendTime } from '../rtp/extensions.ts';
import type { RtpPacketView } from '../rtp/packet.ts';
import type { CodecName } from '../rtp/parameters.ts';
import { inspectPayload } from '../rtp/payload/inspect.ts';
import { PayloadInfo } from '../rtp/payload/payload-info.ts';
import { inspectRed, RedInfo } from '../rtp/payload/red.ts';

/** RTP header and extension block; see the layout below. */
export const egressHeaderLength = 28;
/** In the place of the payload type, which is 0 else. */
const redMark = 1;
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
 *
 * RED (RFC 2198) is kept as it came, and its frame taken out for viewers who do not take RED: once, in `primary`.
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
  /** The payload is RED, and where its blocks are. */
  isRed = false;
  readonly red: RedInfo = new RedInfo();
  /** Made when the first RED comes; and whether what is in it is this packet's. */
  #primary: OutgoingPacket | undefined;
  #hasPrimary = false;
  readonly #views: (Buffer | undefined)[] = new Array(maxPacketLength + 1);

  /**
   * Takes in a packet as the host sent it.
   * @param hopValue the audio level or video orientation byte, or -1 where there is none
   * @param redOf where it is RED: the payload type of its blocks; -1 else
   * @returns false where it is too long to be forwarded, or malformed RED
   */
  load(
    packet: RtpPacketView,
    extendedSequence: number,
    hopValue: number,
    redOf: number,
    codec: CodecName,
    nowUs: number,
  ): boolean {
    const length = egressHeaderLength + packet.payloadLength;
    if (length > maxPacketLength) return false;
    const { payloadOffset, payloadLength } = packet;
    const isRed = redOf >= 0;
    if (isRed && !inspectRed(packet.buffer, payloadOffset, payloadLength, redOf, this.red)) return false;
    const buffer = this.buffer;
    buffer.fill(0, 0, egressHeaderLength);
    buffer[0] = 0x90;
    // The payload type is filled in later; until then its place tells `settle` that it is RED.
    buffer[1] = (packet.marker ? 0x80 : 0) | (isRed ? redMark : 0);
    buffer.writeUInt32BE(packet.timestamp, 4);
    buffer.writeUInt32BE(0xbede0003, 12);
    // The id is filled in later; not zero tells `settle`, also when the packet comes back from the ring.
    if (hopValue >= 0) buffer[23] = 0xf0;
    if (hopValue >= 0) buffer[24] = hopValue;
    packet.buffer.copy(buffer, egressHeaderLength, payloadOffset, payloadOffset + payloadLength);
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
    this.isRed = ((buffer[1] ?? 0) & 0x7f) === redMark;
    this.#hasPrimary = false;
    if (this.isRed) inspectRed(buffer, egressHeaderLength, length - egressHeaderLength, -1, this.red);
  }

  /** Of RED, the packet's own frame as a packet of the same numbers. Copied out when it is first asked for. */
  get primary(): OutgoingPacket {
    this.#primary ??= new OutgoingPacket();
    if (!this.#hasPrimary) this.#takePrimary(this.#primary);
    return this.#primary;
  }

  #takePrimary(primary: OutgoingPacket): void {
    this.#hasPrimary = true;
    const start = egressHeaderLength + this.red.primaryOffset;
    const end = this.view.length;
    this.buffer.copy(primary.buffer, 0, 0, egressHeaderLength);
    this.buffer.copy(primary.buffer, egressHeaderLength, start, end);
    primary.view = primary.#viewOf(egressHeaderLength + end - start);
    primary.extendedSequence = this.extendedSequence;
    primary.timestamp = this.timestamp;
    primary.markerBit = this.markerBit;
    primary.hasHopValue = this.hasHopValue;
    primary.hopValue = this.hopValue;
    primary.nowUs = this.nowUs;
    primary.absSendTime = this.absSendTime;
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
