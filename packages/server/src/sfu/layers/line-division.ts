import type { LineShare } from './adaptive-layer-chooser.ts';

/** What is not sent yet must fit with this margin before room is kept for it; what is sent goes on with less. */
const moreMargin = 1.15;
const keepMargin = 0.95;

/** A video that wants its part of the line. */
export interface LineClaim {
  /** What its lowest layer takes; 0 where it is not measured, or not there. */
  readonly lowestBps: number;
  readonly isPaused: boolean;
}

const nothing: LineShare = { estimateBps: 0, audioBps: 0 };

/**
 * Divides a viewer's line among its videos: the audio of all comes first, then the lowest layer of each video that
 * fits, then better layers, the most important video before the next.
 */
export class LineDivision {
  readonly #estimateBps: number;
  readonly #audioBps: number;
  readonly #reservedBps: number[];
  /** What goes to the videos before. */
  #takenBps = 0;
  /** Lowest layers of the videos that are still to come. */
  #laterBps: number;

  /** @param claims the most important video first */
  constructor(estimateBps: number, audioBps: number, claims: readonly LineClaim[]) {
    this.#estimateBps = estimateBps;
    this.#audioBps = audioBps;
    let leftBps = estimateBps - audioBps;
    this.#reservedBps = claims.map(({ lowestBps, isPaused }, index) => {
      // The first is never given up for the others: its own chooser decides when it is too much for the line.
      const fits = index === 0 || lowestBps * (isPaused ? moreMargin : keepMargin) <= leftBps;
      if (fits) leftBps -= lowestBps;
      return fits ? lowestBps : -1;
    });
    this.#laterBps = this.#reservedBps.reduce((sum, bps) => sum + Math.max(0, bps), 0);
  }

  /** For the videos in their order, one after the other, each followed by `take`. */
  shareOf(index: number): LineShare {
    const reservedBps = this.#reservedBps[index] ?? -1;
    if (reservedBps < 0) return nothing;
    this.#laterBps -= reservedBps;
    // A better layer goes on with a little less than it takes: that is not to be at the cost of another's lowest.
    const elsewhereBps = this.#audioBps + this.#takenBps + this.#laterBps;
    const mostBps = index === 0 ? elsewhereBps : this.#estimateBps - reservedBps;
    return { estimateBps: this.#estimateBps, audioBps: Math.min(elsewhereBps, mostBps) };
  }

  /**
   * @param bitrateBps what the video takes
   * @param nextBps what the next better layer that it may have would take, 0 where there is none: the ones after it
   * leave room for that where it would fit, or they would take first what the more important one waits for
   */
  take(bitrateBps: number, nextBps: number): void {
    const roomBps = this.#estimateBps - this.#audioBps - this.#takenBps - this.#laterBps;
    const wantedBps = moreMargin * nextBps;
    this.#takenBps += wantedBps <= roomBps ? Math.max(bitrateBps, wantedBps) : bitrateBps;
  }
}
