import { RtpPacketView } from '../../packages/server/src/rtp/packet.ts';

/** Far more than are needed to see what went wrong. */
const maxFaults = 10;
const pictureIdAt = 2;
const tl0PictureIndexAt = 4;

/**
 * Holds what one viewer gets of a track against what the host has sent: every packet, in order, whole and unchanged,
 * from the one it begins with. What the server rewrites has to differ by the same amount in all of them.
 */
export class TrackCheck {
  readonly faults: string[] = [];
  /** Whole frames, told by their last packet. */
  frames = 0;

  readonly #name: string;
  readonly #sent: readonly Buffer[];
  readonly #isVp8: boolean;
  readonly #is = new RtpPacketView();
  readonly #was = new RtpPacketView();
  #next = -1;
  #sequenceOffset = 0;
  #timestampOffset = 0;
  #pictureIdOffset = 0;
  #tl0PictureIndexOffset = 0;

  /** @param sent the host's RTP packets, which grow while it sends; a VP8 payload begins as `SyntheticVp8` writes it */
  constructor(name: string, sent: readonly Buffer[], codec: 'VP8' | 'Opus') {
    this.#name = name;
    this.#sent = sent;
    this.#isVp8 = codec === 'VP8';
  }

  /** How many of the packets sent so far have not come, those before the first left out. */
  get missing(): number {
    return this.#next < 0 ? this.#sent.length : this.#sent.length - this.#next;
  }

  receive(packet: Buffer): void {
    const isRtp = this.#is.parse(packet);
    const isFirst = this.#next < 0;
    const index = isFirst ? this.#find() : this.#next;
    const sent = this.#sent[index];
    if (!isRtp || sent === undefined || !this.#was.parse(sent)) {
      this.#fault('a packet was never sent by the host');
      return;
    }
    if (isFirst) this.#begin(index);
    const gap = ((this.#is.sequenceNumber - this.#was.sequenceNumber - this.#sequenceOffset) << 16) >> 16;
    // The gap itself is the fault; what follows it is checked again.
    if (gap !== 0) this.#fault(`packet ${index} was expected, and ${index + gap} came`);
    if (gap < 0) return;
    this.#next = index + gap + 1;
    if (gap === 0) this.#compare(index);
  }

  /** A viewer may come to a stream that runs already. No two packets end in the same bytes. */
  #find(): number {
    const tail = this.#is.buffer.subarray(-32);
    return this.#sent.findIndex((packet) => packet.subarray(-32).equals(tail));
  }

  #begin(index: number): void {
    const [is, was] = [payloadOf(this.#is), payloadOf(this.#was)];
    this.#sequenceOffset = this.#is.sequenceNumber - this.#was.sequenceNumber;
    this.#timestampOffset = this.#is.timestamp - this.#was.timestamp;
    if (!this.#isVp8) return;
    this.#pictureIdOffset = is.readUInt16BE(pictureIdAt) - was.readUInt16BE(pictureIdAt);
    this.#tl0PictureIndexOffset = is.readUInt8(tl0PictureIndexAt) - was.readUInt8(tl0PictureIndexAt);
    // S in the descriptor, and P in the frame tag: a decoder can start here.
    const startsKeyframe = (is.readUInt8(0) & 0x10) !== 0 && (is.readUInt8(6) & 0x01) === 0;
    if (!startsKeyframe) this.#fault(`begins with packet ${index}, which starts no keyframe`);
  }

  #compare(index: number): void {
    const [is, was] = [this.#is, this.#was];
    if (is.marker) this.frames += 1;
    if (is.marker !== was.marker) this.#fault(`packet ${index} has another marker`);
    if ((is.timestamp - was.timestamp - this.#timestampOffset) % 2 ** 32 !== 0)
      this.#fault(`packet ${index} has another timestamp`);
    const expected = Buffer.from(payloadOf(was));
    if (this.#isVp8) {
      const pictureId = (expected.readUInt16BE(pictureIdAt) + this.#pictureIdOffset) & 0x7fff;
      expected.writeUInt16BE(0x8000 | pictureId, pictureIdAt);
      expected[tl0PictureIndexAt] = expected.readUInt8(tl0PictureIndexAt) + this.#tl0PictureIndexOffset;
    }
    if (!expected.equals(payloadOf(is))) this.#fault(`packet ${index} has another payload`);
  }

  #fault(what: string): void {
    if (this.faults.length < maxFaults) this.faults.push(`${this.#name}: ${what}`);
  }
}

function payloadOf({ buffer, payloadOffset, payloadLength }: RtpPacketView): Buffer {
  return buffer.subarray(payloadOffset, payloadOffset + payloadLength);
}
