import type { EncodingTarget } from '../../rtp/parameters.ts';
import type { Track } from '../track.ts';
import type { Check } from './check.ts';
import { CounterWindow } from './counter-window.ts';

/** Encoders save on easy pictures, cameras give fewer frames in the dark: only far below is it a fault. */
const minShare = 1 / 3;
/** A browser's estimate of its line needs some seconds to reach the target. */
const patienceUs = 3_500_000;
const windowUs = 1_000_000;

/** Video with far fewer bits or frames than the room asks for. */
export class BelowTargetCheck implements Check {
  readonly code = 'below-target';
  readonly advice =
    "Raise the encoder's bitrate and frame rate to the room's, or close what keeps the processor busy; a browser also lowers them where the line is slow.";
  readonly #track: Track;
  readonly #target: EncodingTarget;
  readonly #frames = new CounterWindow(windowUs);
  #belowSinceUs: number | undefined;

  constructor(track: Track, target: EncodingTarget) {
    this.#track = track;
    this.#target = target;
  }

  find(nowUs: number): string | undefined {
    const shortfall = this.#shortfall(nowUs);
    if (shortfall === undefined) {
      this.#belowSinceUs = undefined;
      return undefined;
    }
    this.#belowSinceUs ??= nowUs;
    return nowUs - this.#belowSinceUs >= patienceUs ? shortfall : undefined;
  }

  #shortfall(nowUs: number): string | undefined {
    const { bitrateBps, framerate = 0 } = this.#target;
    let sentBps = 0;
    let frames = 0;
    for (const source of this.#track.sources) {
      sentBps += source.rate.bitsPerSecond(nowUs);
      frames = Math.max(frames, source.framesReceived);
    }
    const framesPerSecond = (this.#frames.sample(frames) * 1e6) / windowUs;
    if (!this.#frames.isFull) return undefined;
    if (sentBps < bitrateBps * minShare)
      return `The video has ${kbps(sentBps)} kbps of the ${kbps(bitrateBps)} that the room asks for.`;
    if (framesPerSecond >= framerate * minShare) return undefined;
    return `The video has ${Math.round(framesPerSecond)} of the ${framerate} frames a second that the room asks for.`;
  }
}

function kbps(bitrateBps: number): number {
  return Math.round(bitrateBps / 1000);
}
