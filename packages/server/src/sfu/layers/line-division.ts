import type { LineShare } from './adaptive-layer-chooser.ts';

/** One that is paused must fit with this margin before room is kept for it again; one that is sent goes on with less. */
const resumeMargin = 1.15;
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
  /** Better layers of the videos before, and their lowest ones. */
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
      const fits = index === 0 || lowestBps * (isPaused ? resumeMargin : keepMargin) <= leftBps;
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
    return { estimateBps: this.#estimateBps, audioBps: this.#audioBps + this.#takenBps + this.#laterBps };
  }

  take(bitrateBps: number): void {
    this.#takenBps += bitrateBps;
  }
}
