import { rtpPacket } from '../../packages/server/src/rtp/packet-fixture.ts';
import type { Random } from './random.ts';

export const mediaSsrc = 0x1000;
export const rtxSsrc = 0x1001;
export const transportCcId = 5;

const framesPerSecond = 30;
const maxPayloadBytes = 1160;
const mediaPayloadType = 96;
const rtxPayloadType = 97;

/** Room for the transport-wide sequence number, filled in when the packet leaves. */
const extension = { profile: 0xbede, elements: [(transportCcId << 4) | 1, 0, 0] };
/** Where its value stands: behind the fixed header, the block's header and the element's. */
export const transportSequenceOffset = 17;

/** Video of any bitrate as RTP packets; what is in them does not matter. */
export class MediaEncoder {
  frames = 0;
  readonly #random: Random;
  #sequence = 0;
  #rtxSequence = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  readonly frameIntervalUs = 1e6 / framesPerSecond;

  /** The packets of the next frame; frames differ by up to a fifth. */
  encode(bitrateBps: number): Buffer[] {
    const bytes = (bitrateBps / 8 / framesPerSecond) * (0.8 + 0.4 * this.#random());
    const count = Math.ceil(bytes / maxPayloadBytes);
    const payload = Buffer.alloc(Math.max(1, Math.round(bytes / count) - transportSequenceOffset));
    const timestamp = (this.frames * 90_000) / framesPerSecond;
    this.frames += 1;
    const packets: Buffer[] = [];
    for (let index = 0; index < count; index += 1) {
      const sequenceNumber = this.#sequence;
      this.#sequence = (sequenceNumber + 1) & 0xffff;
      const marker = index === count - 1;
      const header = { payloadType: mediaPayloadType, ssrc: mediaSsrc, marker, sequenceNumber, timestamp, extension };
      packets.push(rtpPacket({ ...header, payload }));
    }
    return packets;
  }

  /** A packet of the stream once more, as RTX. */
  retransmission(packet: Buffer): Buffer {
    const headerLength = 20;
    const payload = Buffer.concat([packet.subarray(2, 4), packet.subarray(headerLength)]);
    const sequenceNumber = this.#rtxSequence;
    this.#rtxSequence = (sequenceNumber + 1) & 0xffff;
    const marker = (packet.readUInt8(1) & 0x80) !== 0;
    const timestamp = packet.readUInt32BE(4);
    const header = { payloadType: rtxPayloadType, ssrc: rtxSsrc, marker, sequenceNumber, timestamp, extension };
    return rtpPacket({ ...header, payload });
  }
}
