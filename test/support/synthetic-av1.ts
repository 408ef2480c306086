import { capturedPackets } from '../../packages/server/src/test-support/captured-packets.ts';

export interface SyntheticAv1Options {
  readonly ssrc: number;
  readonly payloadType: number;
  /** Local id of the dependency descriptor extension. */
  readonly descriptorId: number;
  /** Whose dependency descriptors are sent: `chromium-av1-l3t3` and the like, in `rtp/fixtures/`. */
  readonly capture: string;
  readonly framesPerSecond: number;
  /** Packets of each spatial layer's frame. */
  readonly packetsPerFrame: readonly number[];
  /** Bytes of each packet's payload. */
  readonly payloadLength: number;
}

/** One layer's frame of a picture: its descriptor without the bits for its first and last packet. */
interface LayerFrame {
  readonly descriptor: Buffer;
  readonly spatialLayer: number;
}

const startOfFrame = 0x80;
const endOfFrame = 0x40;

/**
 * AV1 in layers without an encoder: the dependency descriptors are what Chromium sent, the frames as long as one likes.
 * When the capture ends, or a keyframe is asked for, it begins anew: it starts with a keyframe.
 */
export class SyntheticAv1 {
  readonly #options: SyntheticAv1Options;
  readonly #pictures: readonly LayerFrame[][];
  #next = 0;
  #picture = 0;
  #sequence = 0;

  constructor(options: SyntheticAv1Options) {
    this.#options = options;
    this.#pictures = readPictures(options.capture);
  }

  get frameIntervalUs(): number {
    return 1e6 / this.#options.framesPerSecond;
  }

  get timestamp(): number {
    return Math.round((this.#picture * 90_000) / this.#options.framesPerSecond) >>> 0;
  }

  requestKeyframe(): void {
    this.#next = 0;
  }

  nextFrame(): Buffer[] {
    const layers = this.#pictures[this.#next % this.#pictures.length] ?? [];
    const isKeyframe = this.#next % this.#pictures.length === 0;
    const packets = layers.flatMap((frame, index) => this.#packets(frame, isKeyframe, index === layers.length - 1));
    this.#next += 1;
    this.#picture += 1;
    return packets;
  }

  #packets({ descriptor, spatialLayer }: LayerFrame, isKeyframe: boolean, isLastLayer: boolean): Buffer[] {
    const count = this.#options.packetsPerFrame[spatialLayer] ?? 1;
    return Array.from({ length: count }, (_, index) => {
      const [isFirst, isLast] = [index === 0, index === count - 1];
      // Only the first packet tells all that there is to tell of the frame (A.2).
      const described = Buffer.from(descriptor);
      described[0] = (described[0] ?? 0) | (isFirst ? startOfFrame : 0) | (isLast ? endOfFrame : 0);
      const startsSequence = isKeyframe && spatialLayer === 0 && isFirst;
      return this.#packet(described, payloadHeader(startsSequence, isFirst, isLast), isLast && isLastLayer);
    });
  }

  #packet(descriptor: Buffer, header: readonly number[], marker: boolean): Buffer {
    const { payloadType, ssrc, descriptorId, payloadLength } = this.#options;
    const fixed = Buffer.alloc(12);
    fixed[0] = 0x90;
    fixed[1] = payloadType | (marker ? 0x80 : 0);
    fixed.writeUInt16BE(this.#sequence & 0xffff, 2);
    fixed.writeUInt32BE(this.timestamp, 4);
    fixed.writeUInt32BE(ssrc, 8);
    this.#sequence += 1;
    const payload = Buffer.alloc(payloadLength, 0x5a);
    payload.set(header);
    return Buffer.concat([fixed, extensionBlock(descriptorId, descriptor), payload]);
  }
}

/** Two-byte headers (RFC 8285, section 4.3) where the descriptor is too long for the other form, as Chromium does it. */
function extensionBlock(id: number, data: Buffer): Buffer {
  const isLong = data.length > 16;
  const header = isLong ? [id, data.length] : [(id << 4) | (data.length - 1)];
  const words = Math.ceil((header.length + data.length) / 4);
  const block = Buffer.alloc(4 + 4 * words);
  block.writeUInt16BE(isLong ? 0x1000 : 0xbede, 0);
  block.writeUInt16BE(words, 2);
  block.set([...header, ...data], 4);
  return block;
}

/** Aggregation header, one OBU element without a length, and its OBU header where it begins here. */
function payloadHeader(startsSequence: boolean, isFirst: boolean, isLast: boolean): number[] {
  const aggregation = 0x10 | (isFirst ? 0 : 0x80) | (isLast ? 0 : 0x40) | (startsSequence ? 0x08 : 0);
  return isFirst ? [aggregation, startsSequence ? 0x08 : 0x30] : [aggregation];
}

function readPictures(capture: string): LayerFrame[][] {
  const pictures = new Map<number, LayerFrame[]>();
  for (const { timestamp, dependencyDescriptor } of capturedPackets(capture)) {
    const first = dependencyDescriptor.readUInt8(0);
    if ((first & startOfFrame) === 0) continue;
    const descriptor = Buffer.from(dependencyDescriptor);
    descriptor[0] = first & 0x3f;
    const picture = pictures.get(timestamp) ?? [];
    // Chromium's encoder sends a frame for every spatial layer, lowest first.
    picture.push({ descriptor, spatialLayer: picture.length });
    pictures.set(timestamp, picture);
  }
  return [...pictures.values()];
}
