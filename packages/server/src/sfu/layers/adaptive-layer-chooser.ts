import { highestWithin, type LayerCaps } from './layer-caps.ts';
import type { LayerRung, MeasuredSource } from './layer-ladder.ts';

/** A better rung must have fitted with this margin, for so long, before it is taken. */
const upMargin = 1.15;
const upAfterUs = 2_000_000;
/** The rung is left as soon as less than this share of it fits. */
const downMargin = 0.95;
/** Leaving a rung so soon after it was taken means that taking it was wrong: the next attempt waits twice as long. */
const failedWithinUs = 30_000_000;
const maxUpAfterUs = 60_000_000;
/** A line of so many times what it was when that attempt began is another one, which past failures say nothing of. */
const anotherLine = 1.5;
/** It has been another one as well where there was less than this share of that meanwhile: it narrowed, and the attempt was right. */
const narrowedShare = 0.4;
/** Looking for it must not fill the line with probes. */
const maxWantedFactor = 2;
/** Not even the lowest rung has fitted for so long: better no picture than a broken one, and no sound. */
const pauseAfterUs = 1_000_000;
/** Where most of it fits: the estimate is low on purpose while a queue drains. */
const nearlyFits = 0.7;
const longPatienceUs = 4_000_000;
/** Where there is nothing lower, a picture that suffers is better than none, down to this share of what it takes. */
const onlyRungMargin = 0.5;
/** Below this share of it there is no picture to suffer; a receiver's own estimate may begin lower than the line is. */
const onlyRungHopeless = 0.25;
const unprobedHopeless = 0.05;
/** Whatever has failed: no viewer is left without a picture for longer once it fits. */
const maxResumeAfterUs = 4_000_000;

/** Where nothing but the stream itself tells what a line carries, it is tried again so long after a pause. */
const retryAfterUs = 4_000_000;
const maxRetryAfterUs = 30_000_000;

/** What a viewer's line carries, and what must go over it before any video. */
export interface LineShare {
  /** Infinity where nothing estimates. */
  readonly estimateBps: number;
  /** The same of all that is sent over this line, of which others may take their part. Default: `estimateBps`. */
  readonly wholeBps?: number;
  /** False while the estimate is only a guess. Default: true. */
  readonly isMeasured?: boolean;
  /**
   * False where nothing finds out what the line carries while no video is sent: receivers that tell their own estimate
   * (REMB) go by what comes in. Default: true.
   */
  readonly isProbed?: boolean;
  readonly audioBps: number;
}

/**
 * Chooses for one downstream among the layers of its track: down at once, up with patience, so that nobody flaps.
 * Audio comes first: video gets what the line has left.
 */
export class AdaptiveLayerChooser<Source extends MeasuredSource> {
  caps: LayerCaps = {};
  /**
   * What the best rung within the caps would take, audio included: the estimator need not find more; but after a failure
   * what tells another line from that one. 0 before any.
   */
  demandBps = 0;
  #paused = false;
  #isMeasured = false;
  #chosen: LayerRung<Source> | undefined;
  /** Since when a better rung has fitted all the time, and the least that there was meanwhile; -1: it does not. */
  #fitsSinceUs = -1;
  #leastBps = 0;
  #upAfterUs = upAfterUs;
  /** What there was at the last step up, and at the last one that failed; infinite while none has. */
  #triedBps = 0;
  #failedBps = Number.POSITIVE_INFINITY;
  /** What the whole line carries now, what it did at the last step up, and the least since then. */
  #wholeBps = 0;
  #triedWholeBps = 0;
  #leastWholeBps = Number.POSITIVE_INFINITY;
  #isBetter = false;
  /** When the last step up was taken, until it has held or failed; -1 else. */
  #upAtUs = -1;
  /** Since when not even the lowest rung fits; -1: it does. */
  #tooMuchSinceUs = -1;
  #isProbed = true;
  #pausedUs = 0;
  #retryAfterUs = retryAfterUs;

  /** Video is held back, because not even the lowest rung fits. */
  get paused(): boolean {
    return this.#paused;
  }

  /**
   * @param ladder worst to best
   * @returns what to send now; nothing while paused, or where the ladder is empty
   */
  choose(ladder: readonly LayerRung<Source>[], line: LineShare, nowUs: number): LayerRung<Source> | undefined {
    const cap = highestWithin(ladder, this.caps);
    const best = ladder[cap];
    this.demandBps = best === undefined ? 0 : this.#wantedBps(best.bitrateBps) + line.audioBps;
    if (best === undefined) return undefined;
    const availableBps = Math.max(0, line.estimateBps - line.audioBps);
    this.#wholeBps = line.wholeBps ?? line.estimateBps;
    this.#leastWholeBps = Math.min(this.#leastWholeBps, this.#wholeBps);
    // The first measurement is the first real choice: neither patience nor a pause comes before it.
    const { isMeasured = true, isProbed = true } = line;
    this.#isProbed = isProbed;
    if (isMeasured !== this.#isMeasured) this.#chosen = undefined;
    this.#isMeasured = isMeasured;
    const index = isMeasured
      ? this.#next(ladder, cap, availableBps, nowUs)
      : Math.max(0, highestFitting(ladder, cap, availableBps));
    this.#chosen = index < 0 ? undefined : ladder[index];
    return this.#chosen;
  }

  #wantedBps(bestBps: number): number {
    const hasFailed = Number.isFinite(this.#failedBps);
    return hasFailed ? Math.max(bestBps, Math.min(anotherLine * this.#failedBps, maxWantedFactor * bestBps)) : bestBps;
  }

  /** Index of the rung to send, or -1 for a pause. */
  #next(ladder: readonly LayerRung<Source>[], cap: number, availableBps: number, nowUs: number): number {
    const current = this.#currentIndex(ladder);
    if (current < 0 && !this.#paused)
      return this.#watchLowest(ladder, highestFitting(ladder, cap, availableBps), availableBps, nowUs);
    const rung = ladder[current];
    if (rung !== undefined && availableBps < rung.bitrateBps * downMargin) {
      if (current > 0) this.#onDown();
      const lower = highestFitting(ladder, Math.min(current - 1, cap), availableBps);
      return this.#watchLowest(ladder, lower, availableBps, nowUs);
    }
    this.#tooMuchSinceUs = -1;
    if (!this.#paused) this.#retryAfterUs = retryAfterUs;
    if (this.#upAtUs >= 0 && nowUs - this.#upAtUs >= failedWithinUs) this.#onSuccess();
    if (current > cap) return cap;
    return this.#climb(ladder, current, cap, availableBps, nowUs);
  }

  /** Where the rung chosen before stands now; the next below where it is gone. */
  #currentIndex(ladder: readonly LayerRung<Source>[]): number {
    const chosen = this.#chosen;
    if (chosen === undefined) return -1;
    const index = ladder.findIndex((rung) => isSame(rung, chosen));
    return index >= 0
      ? index
      : Math.max(
          0,
          ladder.findLastIndex((rung) => rung.bitrateBps <= chosen.bitrateBps),
        );
  }

  /** Goes up where a better rung has fitted for long enough: to the best one that has fitted all the time. */
  #climb(
    ladder: readonly LayerRung<Source>[],
    current: number,
    cap: number,
    availableBps: number,
    nowUs: number,
  ): number {
    if (this.#paused && !this.#isProbed && nowUs - this.#pausedUs >= this.#retryAfterUs) return this.#retry();
    const next = ladder[current + 1];
    if (current >= cap || next === undefined || availableBps < next.bitrateBps * upMargin) {
      this.#fitsSinceUs = -1;
      return current;
    }
    if (this.#leastWholeBps < narrowedShare * this.#triedWholeBps) this.#onSuccess();
    const isBetter = availableBps > anotherLine * this.#failedBps;
    if (this.#fitsSinceUs < 0 || (isBetter && !this.#isBetter)) {
      this.#fitsSinceUs = nowUs;
      this.#leastBps = availableBps;
    }
    this.#leastBps = Math.min(this.#leastBps, availableBps);
    this.#isBetter = isBetter;
    const patienceUs = this.#paused ? Math.min(this.#upAfterUs, maxResumeAfterUs) : this.#upAfterUs;
    if (nowUs - this.#fitsSinceUs < (isBetter ? upAfterUs : patienceUs)) return current;
    const target = highestFitting(ladder, cap, this.#leastBps / upMargin);
    if (target <= current) return current;
    this.#fitsSinceUs = -1;
    this.#upAtUs = nowUs;
    this.#triedBps = this.#leastBps;
    this.#triedWholeBps = this.#wholeBps;
    this.#leastWholeBps = this.#wholeBps;
    this.#paused = false;
    return target;
  }

  /** Sends the lowest rung again to see what comes of it: ever more rarely, until it has held. */
  #retry(): number {
    this.#paused = false;
    this.#fitsSinceUs = -1;
    this.#retryAfterUs = Math.min(2 * this.#retryAfterUs, maxRetryAfterUs);
    return 0;
  }

  /** The last step up has held, or it was not for that that the line narrowed. */
  #onSuccess(): void {
    this.#upAtUs = -1;
    this.#upAfterUs = upAfterUs;
    this.#failedBps = Number.POSITIVE_INFINITY;
  }

  #onDown(): void {
    this.#fitsSinceUs = -1;
    if (this.#upAtUs >= 0) {
      this.#upAfterUs = Math.min(2 * this.#upAfterUs, maxUpAfterUs);
      this.#failedBps = this.#triedBps;
    }
    this.#upAtUs = -1;
  }

  /** Holds on to the lowest rung for a while where nothing fits, then pauses. */
  #watchLowest(ladder: readonly LayerRung<Source>[], index: number, availableBps: number, nowUs: number): number {
    const lowest = ladder[0];
    const margin = ladder.length === 1 ? onlyRungMargin : downMargin;
    if (index >= 0 || lowest === undefined || availableBps >= lowest.bitrateBps * margin) {
      this.#tooMuchSinceUs = -1;
      this.#retryAfterUs = retryAfterUs;
      return Math.max(0, index);
    }
    if (this.#tooMuchSinceUs < 0) this.#tooMuchSinceUs = nowUs;
    const only = this.#isProbed ? onlyRungHopeless : unprobedHopeless;
    const isHopeless = availableBps < lowest.bitrateBps * (ladder.length === 1 ? only : nearlyFits);
    const patienceUs = isHopeless ? pauseAfterUs : longPatienceUs;
    if (nowUs - this.#tooMuchSinceUs <= patienceUs) return 0;
    this.#paused = true;
    this.#pausedUs = nowUs;
    this.#tooMuchSinceUs = -1;
    this.#onDown();
    return -1;
  }
}

/** Index of the best rung that fits; -1 where none does. */
function highestFitting(ladder: readonly LayerRung<MeasuredSource>[], cap: number, availableBps: number): number {
  for (let index = cap; index >= 0; index -= 1) {
    if ((ladder[index]?.bitrateBps ?? Number.POSITIVE_INFINITY) <= availableBps) return index;
  }
  return -1;
}

function isSame(a: LayerRung<MeasuredSource>, b: LayerRung<MeasuredSource>): boolean {
  return a.source === b.source && a.spatialLayer === b.spatialLayer && a.temporalLayer === b.temporalLayer;
}
