import { readFileSync } from 'node:fs';
import { readAnnexB } from './annex-b.ts';
import { readIvf } from './ivf.ts';
import { type EncodedFile, type EncodedFrame, MediaFileError } from './media-file.ts';
import { packetiseH264, packetiseVp8 } from './packetise.ts';
import { payloadTypes, type VideoStream } from './video-stream.ts';

const clockRate = 90_000;
const ivfSignature = 'DKIF';

/** @throws MediaFileError with the name of the file */
export function readMediaFile(path: string): EncodedFile {
  try {
    const file = readFileSync(path);
    return file.toString('latin1', 0, 4) === ivfSignature ? readIvf(file) : readAnnexB(file);
  } catch (error) {
    const isSystemError = error instanceof Error && 'code' in error;
    if (!(error instanceof MediaFileError) && !isSystemError) throw error;
    throw new MediaFileError(`${path}: ${error.message}`);
  }
}

export interface FileStreamOptions {
  readonly ssrc: number;
  /** For files that do not tell. */
  readonly framesPerSecond: number;
  /** The rid extension's element, which goes on every packet; empty for none. */
  readonly extension: Buffer;
}

/**
 * A file as RTP, over and over. It cannot encode a keyframe when it is asked for one, so it jumps to the next one of the
 * file, as an encoder would send it: at once.
 */
export class FileStream implements VideoStream {
  readonly ssrc: number;
  readonly frameIntervalUs: number;
  readonly #file: EncodedFile;
  readonly #extension: Buffer;
  #position = 0;
  #frame = 0;
  #sequence = 0;

  constructor(file: EncodedFile, { ssrc, framesPerSecond, extension }: FileStreamOptions) {
    this.#file = file;
    this.ssrc = ssrc;
    this.#extension = extension;
    this.frameIntervalUs = 1e6 / (file.framesPerSecond > 0 ? file.framesPerSecond : framesPerSecond);
  }

  get timestamp(): number {
    return Math.round((this.#frame * this.frameIntervalUs * clockRate) / 1e6) % 2 ** 32;
  }

  nextFrame(): Buffer[] {
    const { frames } = this.#file;
    const frame = frames[this.#position % frames.length];
    if (frame === undefined) return [];
    const payloads = this.#payloadsOf(frame);
    const packets = payloads.map((payload, index) => this.#packet(payload, index === payloads.length - 1));
    this.#position += 1;
    this.#frame += 1;
    return packets;
  }

  requestKeyframe(): void {
    const { frames } = this.#file;
    while (frames[this.#position % frames.length]?.isKeyframe === false) this.#position += 1;
  }

  #payloadsOf(frame: EncodedFrame): Buffer[] {
    return this.#file.codec === 'VP8' ? packetiseVp8(frame, this.#frame) : packetiseH264(frame);
  }

  #packet(payload: Buffer, isLast: boolean): Buffer {
    const header = Buffer.alloc(12);
    header[0] = this.#extension.length > 0 ? 0x90 : 0x80;
    header[1] = payloadTypes.video | (isLast ? 0x80 : 0);
    header.writeUInt16BE(this.#sequence, 2);
    header.writeUInt32BE(this.timestamp, 4);
    header.writeUInt32BE(this.ssrc, 8);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    return Buffer.concat([header, this.#extension, payload]);
  }
}
