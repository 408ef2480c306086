import { writeRedPayloadType } from '../rtp/payload/red.ts';
import type { OutgoingPacket } from './outgoing-packet.ts';
import type { Source } from './source.ts';

/**
 * What turns the packets of one source into those of one downstream, as plain numbers: the fan-out is data, not code.
 * A downstream gets a new munging whenever it changes source; packets sent under an older one are repaired with that.
 */
export interface Munging {
  readonly id: number;
  readonly source: Source;
  readonly payloadType: number;
  /** Of packets that repeat earlier frames (RED, RFC 2198); 0 where the viewer gets their own frames only. */
  readonly redPayloadType: number;
  /** 0 where RTX was not negotiated. */
  readonly rtxPayloadType: number;
  /** Packets of the source before this one belong to nobody here. */
  readonly firstSequence: number;
  /** Added to the source's extended sequence number. */
  readonly sequenceOffset: number;
  /** Added to the timestamp, modulo 2^32. */
  readonly timestampOffset: number;
  /** Added to the VP8 or VP9 picture id and TL0PICIDX, modulo their sizes. */
  readonly pictureIdOffset: number;
  readonly tl0PictureIndexOffset: number;
  /** Added to the frame number of dependency descriptors, modulo 2^16. */
  readonly frameNumberOffset: number;
}

/** What does not change over a downstream's life: its SSRC, and the viewer's extension ids (0: not negotiated). */
export interface DownstreamIdentity {
  readonly ssrc: number;
  readonly transportCcId: number;
  readonly absSendTimeId: number;
  /** Of audio level or video orientation. */
  readonly hopId: number;
  readonly descriptorId: number;
}

/** RED and dependency descriptors go to those who take them; all others share the form that was made once without. */
export function formFor(packet: OutgoingPacket, munging: Munging, identity: DownstreamIdentity): OutgoingPacket {
  const isTooMuch =
    (packet.isRed && munging.redPayloadType === 0) || (packet.hasDescriptor && identity.descriptorId === 0);
  return isTooMuch ? packet.plain : packet;
}

/**
 * Patches the packet in place for one downstream. Every patched place is written for every viewer, since the buffer
 * still holds what the viewer before was sent. Runs once per packet and viewer.
 * @param outPictureId with its offset added; not yet cut to the width of the field
 * @param markerBit 0x80 or 0
 */
export function munge(
  packet: OutgoingPacket,
  munging: Munging,
  identity: DownstreamIdentity,
  outSequence: number,
  outPictureId: number,
  markerBit: number,
  transportSequence: number,
): void {
  const buffer = packet.buffer;
  buffer[1] = markerBit | (packet.isRed ? munging.redPayloadType : munging.payloadType);
  buffer[2] = outSequence >> 8;
  buffer[3] = outSequence;
  const timestamp = (packet.timestamp + munging.timestampOffset) | 0;
  buffer[4] = timestamp >> 24;
  buffer[5] = timestamp >> 16;
  buffer[6] = timestamp >> 8;
  buffer[7] = timestamp;
  const ssrc = identity.ssrc | 0;
  buffer[8] = ssrc >> 24;
  buffer[9] = ssrc >> 16;
  buffer[10] = ssrc >> 8;
  buffer[11] = ssrc;
  if (packet.isTwoByte) mungeTwoByteExtensions(packet, identity, transportSequence);
  else mungeExtensions(packet, identity, transportSequence);
  if (packet.hasDescriptor) mungeDescriptor(packet, munging, identity);
  mungePictureId(packet, munging, outPictureId);
  if (packet.isRed) writeRedPayloadType(buffer, packet.headerLength, packet.red.redundantCount, munging.payloadType);
}

function mungeExtensions(packet: OutgoingPacket, identity: DownstreamIdentity, transportSequence: number): void {
  const buffer = packet.buffer;
  const hasTransportCc = identity.transportCcId !== 0;
  buffer[16] = hasTransportCc ? (identity.transportCcId << 4) | 1 : 0;
  buffer[17] = hasTransportCc ? transportSequence >> 8 : 0;
  buffer[18] = hasTransportCc ? transportSequence : 0;
  const hasAbsSendTime = identity.absSendTimeId !== 0;
  buffer[19] = hasAbsSendTime ? (identity.absSendTimeId << 4) | 2 : 0;
  buffer[20] = hasAbsSendTime ? packet.absSendTime >> 16 : 0;
  buffer[21] = hasAbsSendTime ? packet.absSendTime >> 8 : 0;
  buffer[22] = hasAbsSendTime ? packet.absSendTime : 0;
  const hasHopValue = packet.hasHopValue && identity.hopId !== 0;
  buffer[23] = hasHopValue ? identity.hopId << 4 : 0;
  buffer[24] = hasHopValue ? packet.hopValue : 0;
}

/** The other layout of `OutgoingPacket`: a length of 0 beside an id of 0, so that both are padding. */
function mungeTwoByteExtensions(packet: OutgoingPacket, identity: DownstreamIdentity, transportSequence: number): void {
  const buffer = packet.buffer;
  const hasTransportCc = identity.transportCcId !== 0;
  buffer[16] = identity.transportCcId;
  buffer[17] = hasTransportCc ? 2 : 0;
  buffer[18] = hasTransportCc ? transportSequence >> 8 : 0;
  buffer[19] = hasTransportCc ? transportSequence : 0;
  const hasAbsSendTime = identity.absSendTimeId !== 0;
  buffer[20] = identity.absSendTimeId;
  buffer[21] = hasAbsSendTime ? 3 : 0;
  buffer[22] = hasAbsSendTime ? packet.absSendTime >> 16 : 0;
  buffer[23] = hasAbsSendTime ? packet.absSendTime >> 8 : 0;
  buffer[24] = hasAbsSendTime ? packet.absSendTime : 0;
  const hasHopValue = packet.hasHopValue && identity.hopId !== 0;
  buffer[25] = hasHopValue ? identity.hopId : 0;
  buffer[26] = hasHopValue ? 1 : 0;
  buffer[27] = hasHopValue ? packet.hopValue : 0;
}

/**
 * Frame numbers go on whatever source feeds the viewer; gaps in them, where layers are dropped, are allowed ("RTP Payload
 * Format For AV1", A.8.2.2). The mask of active decode targets stays as the host sent it: it tells what is produced.
 */
function mungeDescriptor(packet: OutgoingPacket, munging: Munging, identity: DownstreamIdentity): void {
  const { buffer, descriptorOffset, isTwoByte } = packet;
  if (isTwoByte) buffer[28] = identity.descriptorId;
  else buffer[25] = (identity.descriptorId << 4) | (packet.descriptorLength - 1);
  const frameNumber = packet.frameNumber + munging.frameNumberOffset;
  buffer[descriptorOffset + 1] = frameNumber >> 8;
  buffer[descriptorOffset + 2] = frameNumber;
}

function mungePictureId(packet: OutgoingPacket, munging: Munging, pictureId: number): void {
  const { buffer, payload } = packet;
  if (payload.pictureIdBits !== 0) {
    const at = packet.headerLength + payload.pictureIdOffset;
    if (payload.pictureIdBits === 15) {
      buffer[at] = 0x80 | ((pictureId >> 8) & 0x7f);
      buffer[at + 1] = pictureId;
    } else {
      buffer[at] = pictureId & 0x7f;
    }
  }
  if (payload.tl0PictureIndex >= 0) {
    buffer[packet.headerLength + payload.tl0PictureIndexOffset] =
      payload.tl0PictureIndex + munging.tl0PictureIndexOffset;
  }
}
