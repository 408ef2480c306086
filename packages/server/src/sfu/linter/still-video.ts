import { egressHeaderLength, type OutgoingPacket } from '../outgoing-packet.ts';
import type { Source } from '../source.ts';
import { type Check, seconds } from './check.ts';

const maxStillUs = 3_000_000;
/** A stream of keyframes alone, or one that has just begun, says nothing. */
const minStillFrames = 10;
/** A frame in which nothing moves says of each macroblock (16 x 16 pixels) that it is skipped: less than a bit. */
const stillBitsPerMacroblock = 1;
const minStillBytes = 100;
/** After a keyframe encoders spend bits on what it left coarse, also where nothing moves. */
const refinementUs = 500_000;

/** Frames come, but nothing moves: what lies between keyframes is next to empty. */
export class StillVideoCheck implements Check {
  readonly code = 'still-video';
  readonly advice =
    'If you show a still picture, all is well. If not, the camera or capture hangs: choose the source again.';
  readonly #source: Source;
  #timestamp: number | undefined;
  #frameLength = 0;
  #keyframeUs: number;
  #movedUs: number;
  #stillFrames = 0;

  constructor(source: Source, startUs: number) {
    this.#source = source;
    this.#keyframeUs = startUs;
    this.#movedUs = startUs;
  }

  onPacket(packet: OutgoingPacket, nowUs: number): void {
    if (packet.timestamp !== this.#timestamp) {
      this.#onFrameEnd(nowUs);
      this.#timestamp = packet.timestamp;
      this.#frameLength = 0;
    }
    this.#frameLength += packet.view.length - egressHeaderLength;
    if (packet.payload.keyframeStart) this.#keyframeUs = nowUs;
  }

  #onFrameEnd(nowUs: number): void {
    if (this.#timestamp === undefined || nowUs - this.#keyframeUs < refinementUs) return;
    const { width, height } = this.#source;
    const macroblocks = (width * height) / 256;
    if (this.#frameLength > Math.max(minStillBytes, (macroblocks * stillBitsPerMacroblock) / 8)) {
      this.#movedUs = nowUs;
      this.#stillFrames = 0;
    } else {
      this.#stillFrames += 1;
    }
  }

  find(nowUs: number): string | undefined {
    if (nowUs - this.#movedUs <= maxStillUs || this.#stillFrames < minStillFrames) return undefined;
    // Where no frames come at all, that is another fault.
    return this.#source.isLive(nowUs)
      ? `Nothing has moved in the video for ${seconds(nowUs - this.#movedUs)}.`
      : undefined;
  }
}
