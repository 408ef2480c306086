/**
 * A host's media without an encoder: RTP packets of the right shape, size and pace, for tests and benchmarks.
 * The VP8 payloads have true descriptors and keyframe headers, and noise behind them.
 */
export interface SyntheticVp8Options {
  readonly ssrc: number;
  readonly payloadType?: number;
  readonly width?: number;
  readonly height?: number;
  readonly framesPerSecond?: number;
  readonly packetsPerFrame?: number;
  /** Default: as many as any frame has. */
  readonly packetsPerKeyframe?: number;
  /** Bytes of each RTP packet, header included. */
  readonly packetLength?: number;
  /** Every so many frames a keyframe comes; 0: only when asked for. */
  readonly keyframeInterval?: number;
  readonly firstSequence?: number;
  readonly firstTimestamp?: number;
  readonly firstPictureId?: number;
  /** Local id and text of the rid extension, on every packet. */
  readonly rid?: { readonly id: number; readonly value: string };
  /** Local id of the transport-wide sequence number; the numbers themselves come from `nextTransportSequence`. */
  readonly transportCc?: { readonly id: number; next(): number };
}

const vp8DescriptorLength = 6;
const keyframeHeaderLength = 10;

/** One VP8 layer: `nextFrame()` gives the packets of one frame after the other. */
export class SyntheticVp8 {
  readonly #options: Required<Omit<SyntheticVp8Options, 'rid' | 'transportCc'>>;
  readonly #rid: SyntheticVp8Options['rid'];
  readonly #transportCc: SyntheticVp8Options['transportCc'];
  #frame = 0;
  #sequence: number;
  #keyframeWanted = true;

  constructor(options: SyntheticVp8Options) {
    this.#options = {
      payloadType: 96,
      width: 1280,
      height: 720,
      framesPerSecond: 30,
      packetsPerFrame: 6,
      packetsPerKeyframe: options.packetsPerFrame ?? 6,
      packetLength: 1200,
      keyframeInterval: 0,
      firstSequence: 0,
      firstTimestamp: 0,
      firstPictureId: 0,
      ...options,
    };
    this.#rid = options.rid;
    this.#transportCc = options.transportCc;
    this.#sequence = this.#options.firstSequence;
  }

  get ssrc(): number {
    return this.#options.ssrc;
  }

  get frameIntervalUs(): number {
    return 1e6 / this.#options.framesPerSecond;
  }

  /** The timestamp that the next frame will carry. */
  get timestamp(): number {
    const { firstTimestamp, framesPerSecond } = this.#options;
    return (firstTimestamp + Math.round((this.#frame * 90_000) / framesPerSecond)) >>> 0;
  }

  requestKeyframe(): void {
    this.#keyframeWanted = true;
  }

  nextFrame(): Buffer[] {
    const { packetsPerFrame, packetsPerKeyframe, keyframeInterval } = this.#options;
    const isKeyframe = this.#keyframeWanted || (keyframeInterval > 0 && this.#frame % keyframeInterval === 0);
    this.#keyframeWanted = false;
    const length = isKeyframe ? packetsPerKeyframe : packetsPerFrame;
    const packets = Array.from({ length }, (_, index) => this.#packet(index, index === length - 1, isKeyframe));
    this.#frame += 1;
    return packets;
  }

  #packet(index: number, isLast: boolean, isKeyframe: boolean): Buffer {
    const { packetLength, payloadType, ssrc } = this.#options;
    const extensions = this.#extensions();
    const packet = Buffer.alloc(packetLength, 0xa5);
    packet[0] = extensions.length > 0 ? 0x90 : 0x80;
    packet[1] = payloadType | (isLast ? 0x80 : 0);
    packet.writeUInt16BE(this.#sequence & 0xffff, 2);
    packet.writeUInt32BE(this.timestamp, 4);
    packet.writeUInt32BE(ssrc, 8);
    extensions.copy(packet, 12);
    this.#writePayload(packet, 12 + extensions.length, index === 0, isKeyframe);
    this.#sequence += 1;
    return packet;
  }

  #extensions(): Buffer {
    const elements: number[] = [];
    if (this.#rid !== undefined) {
      elements.push((this.#rid.id << 4) | (this.#rid.value.length - 1), ...Buffer.from(this.#rid.value));
    }
    if (this.#transportCc !== undefined) {
      const sequence = this.#transportCc.next();
      elements.push((this.#transportCc.id << 4) | 1, (sequence >> 8) & 0xff, sequence & 0xff);
    }
    if (elements.length === 0) return Buffer.alloc(0);
    while (elements.length % 4 !== 0) elements.push(0);
    return Buffer.from([0xbe, 0xde, 0, elements.length / 4, ...elements]);
  }

  /** RFC 7741: X, S on the first packet; I with 15 bits, L; then the frame tag (RFC 6386, section 9.1). */
  #writePayload(packet: Buffer, at: number, isFirst: boolean, isKeyframe: boolean): void {
    const pictureId = (this.#options.firstPictureId + this.#frame) & 0x7fff;
    packet[at] = isFirst ? 0x90 : 0x80;
    packet[at + 1] = 0xe0;
    packet.writeUInt16BE(0x8000 | pictureId, at + 2);
    packet[at + 4] = this.#frame & 0xff;
    packet[at + 5] = 0;
    if (!isFirst) return;
    const tagAt = at + vp8DescriptorLength;
    packet[tagAt] = isKeyframe ? 0x10 : 0x11;
    if (!isKeyframe || packet.length < tagAt + keyframeHeaderLength) return;
    packet.writeUIntBE(0x9d012a, tagAt + 3, 3);
    packet.writeUInt16LE(this.#options.width, tagAt + 6);
    packet.writeUInt16LE(this.#options.height, tagAt + 8);
  }
}

/** Opus frames of 20 ms; the payload is a valid TOC (48 kHz, stereo) and noise. */
export class SyntheticOpus {
  readonly #ssrc: number;
  readonly #payloadType: number;
  #sequence = 0;

  constructor(options: { ssrc: number; payloadType?: number }) {
    this.#ssrc = options.ssrc;
    this.#payloadType = options.payloadType ?? 111;
  }

  readonly frameIntervalUs = 20_000;

  nextPacket(): Buffer {
    const packet = Buffer.alloc(12 + 80, 0x5a);
    packet[0] = 0x80;
    packet[1] = this.#payloadType;
    packet.writeUInt16BE(this.#sequence & 0xffff, 2);
    packet.writeUInt32BE((this.#sequence * 960) >>> 0, 4);
    packet.writeUInt32BE(this.#ssrc, 8);
    packet[12] = 0xfc;
    this.#sequence += 1;
    return packet;
  }
}
