import { absSendTime, extensionDataLength, oneByteProfile, twoByteProfile } from '../rtp/extensions.ts';
import type { RtpPacketView } from '../rtp/packet.ts';
import type { CodecName } from '../rtp/parameters.ts';
import { inspectPayload } from '../rtp/payload/inspect.ts';
import { PayloadInfo } from '../rtp/payload/payload-info.ts';
import { inspectRed, RedInfo } from '../rtp/payload/red.ts';

/** RTP header and extension block, without a dependency descriptor; see the layout below. */
export const egressHeaderLength = 28;
/** Up to the frame number ("RTP Payload Format For AV1", A.8.2); what is shorter is none. */
const minDescriptorLength = 3;
/** What an element with a one-byte header holds (RFC 8285, section 4.2). */
const maxOneByteData = 16;
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
 * Where the host sends dependency descriptors, one stands behind the others (from 25 on), in a block that is as much
 * longer. One of more than 16 bytes, as keyframes have it, needs the two-byte form:
 *
 * ```
 * 12  0x1000 | n words
 * 16  id*, 2 | transport-wide sequence number* (2)
 * 20  id*, 3 | absolute send time (3)
 * 25  id*, 1 | video orientation (1)
 * 28  id*, length | descriptor; its frame number* is in the second and third byte
 * ```
 *
 * Descriptors and RED (RFC 2198) are kept as they came. For viewers who do not take them, a form without is made once,
 * in `plain`.
 */
export class OutgoingPacket {
  readonly buffer: Buffer = Buffer.alloc(maxPacketLength);
  /** `buffer` cut to the packet's length: views are kept, one for each length, so none is made per packet. */
  view: Buffer = this.buffer;
  /** `buffer` cut to the header: a packet without payload; not where there is a descriptor. */
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
  /** Where the payload begins. */
  headerLength = egressHeaderLength;
  hasDescriptor = false;
  /** The extensions have two-byte headers. */
  isTwoByte = false;
  /** Where the descriptor's data are, and how long. */
  descriptorOffset = 0;
  descriptorLength = 0;
  /** Of the descriptor, 16 bits. */
  frameNumber = 0;
  /** Made when it is first needed; and whether what is in it is this packet's. */
  #plain: OutgoingPacket | undefined;
  #hasPlain = false;
  readonly #views: (Buffer | undefined)[] = new Array(maxPacketLength + 1);

  /**
   * Takes in a packet as the host sent it.
   * @param hopValue the audio level or video orientation byte, or -1 where there is none
   * @param descriptorAt offset in the packet of its dependency descriptor, or -1
   * @param redOf where it is RED: the payload type of its blocks; -1 else
   * @returns false where it is too long to be forwarded, or malformed RED
   */
  load(
    packet: RtpPacketView,
    extendedSequence: number,
    hopValue: number,
    descriptorAt: number,
    redOf: number,
    codec: CodecName,
    nowUs: number,
  ): boolean {
    const dataLength = descriptorAt < 0 ? 0 : extensionDataLength(packet, descriptorAt);
    const descriptorLength = dataLength < minDescriptorLength ? 0 : dataLength;
    const isTwoByte = descriptorLength > maxOneByteData;
    const headerLength = headerLengthWith(descriptorLength);
    const length = headerLength + packet.payloadLength;
    if (length > maxPacketLength) return false;
    const { payloadOffset, payloadLength } = packet;
    const isRed = redOf >= 0;
    if (isRed && !inspectRed(packet.buffer, payloadOffset, payloadLength, redOf, this.red)) return false;
    const buffer = this.buffer;
    buffer.fill(0, 0, headerLength);
    buffer[0] = 0x90;
    // The payload type is filled in later; until then its place tells `settle` that it is RED.
    buffer[1] = (packet.marker ? 0x80 : 0) | (isRed ? redMark : 0);
    buffer.writeUInt32BE(packet.timestamp, 4);
    buffer.writeUInt16BE(isTwoByte ? twoByteProfile : oneByteProfile, 12);
    buffer.writeUInt16BE((headerLength - 16) >> 2, 14);
    // The ids are filled in later; not zero tells `settle`, also when the packet comes back from the ring.
    if (hopValue >= 0) buffer[isTwoByte ? 25 : 23] = 0xf0;
    if (hopValue >= 0) buffer[isTwoByte ? 27 : 24] = hopValue;
    if (descriptorLength > 0) {
      buffer[isTwoByte ? 29 : 25] = isTwoByte ? descriptorLength : descriptorLength - 1;
      packet.buffer.copy(buffer, isTwoByte ? 30 : 26, descriptorAt, descriptorAt + descriptorLength);
    }
    packet.buffer.copy(buffer, headerLength, payloadOffset, payloadOffset + payloadLength);
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
    this.isTwoByte = buffer.readUInt16BE(12) === twoByteProfile;
    this.hasHopValue = buffer[this.isTwoByte ? 25 : 23] !== 0;
    this.hopValue = buffer[this.isTwoByte ? 27 : 24] ?? 0;
    this.headerLength = 16 + 4 * buffer.readUInt16BE(14);
    this.hasDescriptor = this.headerLength !== egressHeaderLength;
    if (this.hasDescriptor) this.#settleDescriptor();
    this.nowUs = nowUs;
    this.absSendTime = absSendTime(nowUs);
    const { headerLength } = this;
    inspectPayload(codec, buffer, headerLength, length - headerLength, this.payload);
    this.isRed = ((buffer[1] ?? 0) & 0x7f) === redMark;
    this.#hasPlain = false;
    if (this.isRed) inspectRed(buffer, headerLength, length - headerLength, -1, this.red);
  }

  #settleDescriptor(): void {
    const { buffer, isTwoByte } = this;
    this.descriptorOffset = isTwoByte ? 30 : 26;
    this.descriptorLength = isTwoByte ? (buffer[29] ?? 0) : ((buffer[25] ?? 0) & 0x0f) + 1;
    this.frameNumber = buffer.readUInt16BE(this.descriptorOffset + 1);
  }

  /** The same packet without a descriptor, and of RED only its own frame. Made when it is first asked for. */
  get plain(): OutgoingPacket {
    this.#plain ??= new OutgoingPacket();
    if (!this.#hasPlain) this.#makePlain(this.#plain);
    return this.#plain;
  }

  /** What every downstream patches is left out. */
  #makePlain(plain: OutgoingPacket): void {
    this.#hasPlain = true;
    const start = this.headerLength + (this.isRed ? this.red.primaryOffset : 0);
    const end = this.view.length;
    plain.buffer[0] = 0x90;
    plain.buffer.writeUInt32BE(0xbede0003, 12);
    this.buffer.copy(plain.buffer, egressHeaderLength, start, end);
    plain.view = plain.#viewOf(egressHeaderLength + end - start);
    plain.extendedSequence = this.extendedSequence;
    plain.timestamp = this.timestamp;
    plain.markerBit = this.markerBit;
    plain.hasHopValue = this.hasHopValue;
    plain.hopValue = this.hopValue;
    plain.nowUs = this.nowUs;
    plain.absSendTime = this.absSendTime;
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

/** Up to the payload: 28, and what a descriptor of so many bytes adds, padded to words. */
function headerLengthWith(descriptorLength: number): number {
  if (descriptorLength === 0) return egressHeaderLength;
  const end = (descriptorLength > maxOneByteData ? 30 : 26) + descriptorLength;
  // At least another word: by its length `settle` knows that there is one.
  return Math.max(egressHeaderLength + 4, (end + 3) & ~3);
}
