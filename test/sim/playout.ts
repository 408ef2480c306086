const videoClockRate = 90_000;

/** A frame on the screen. Both in microseconds. */
export interface ShownFrame {
  readonly atUs: number;
  /** By its timestamp, from that of the first frame. */
  readonly mediaUs: number;
}

interface Part {
  readonly timestamp: number;
  readonly isLast: boolean;
}

/**
 * What a viewer sees of one video stream: frames in order, each as soon as it is whole and those before it were shown;
 * from a keyframe on where one before it is missing.
 */
export class Playout {
  readonly shown: ShownFrame[] = [];
  readonly #parts = new Map<number, Part>();
  /** Where keyframes begin, of which some packet is missing still. In order of arrival. */
  #keyframes: number[] = [];
  /** The packet that the next frame lacks; -1 before the first keyframe. */
  #next = -1;
  #lastTimestamp = 0;
  #mediaTicks = 0;

  onPacket(
    extendedSequence: number,
    timestamp: number,
    marker: boolean,
    isKeyframeStart: boolean,
    nowUs: number,
  ): void {
    if (extendedSequence < this.#next) return;
    this.#parts.set(extendedSequence, { timestamp, isLast: marker });
    if (isKeyframeStart) this.#keyframes.push(extendedSequence);
    this.#showWhole(nowUs);
    if (this.#keyframes.length > 0 && this.#skipToKeyframe()) this.#showWhole(nowUs);
  }

  #showWhole(nowUs: number): void {
    for (let part = this.#parts.get(this.#next); part !== undefined; part = this.#parts.get(this.#next)) {
      this.#parts.delete(this.#next);
      this.#next += 1;
      if (part.isLast) this.#show(part.timestamp, nowUs);
    }
  }

  #show(timestamp: number, atUs: number): void {
    if (this.shown.length > 0) this.#mediaTicks += (timestamp - this.#lastTimestamp) | 0;
    this.#lastTimestamp = timestamp;
    this.shown.push({ atUs, mediaUs: (this.#mediaTicks * 1e6) / videoClockRate });
  }

  /** Where a later keyframe is whole, what is missing before it is not waited for. */
  #skipToKeyframe(): boolean {
    const start = this.#keyframes.find((sequence) => sequence > this.#next && this.#isWhole(sequence));
    if (start === undefined) return false;
    for (const sequence of this.#parts.keys()) if (sequence < start) this.#parts.delete(sequence);
    this.#keyframes = this.#keyframes.filter((sequence) => sequence > start);
    this.#next = start;
    return true;
  }

  #isWhole(start: number): boolean {
    let sequence = start;
    let part = this.#parts.get(sequence);
    for (; part !== undefined && !part.isLast; part = this.#parts.get(sequence)) sequence += 1;
    return part !== undefined;
  }

  /** The longest time without a new frame, between frames shown from `fromUs` on. Milliseconds. */
  longestGapMs(fromUs: number): number {
    let longestUs = 0;
    for (const [index, frame] of this.shown.entries()) {
      const before = this.shown[index - 1];
      if (before !== undefined && before.atUs >= fromUs) longestUs = Math.max(longestUs, frame.atUs - before.atUs);
    }
    return longestUs / 1000;
  }

  /** The longest time without a new frame between two moments, of which the first need not be that of a frame. */
  longestWaitMs(fromUs: number, toUs: number): number {
    let longestUs = 0;
    let lastUs = fromUs;
    for (const { atUs } of this.shown) {
      if (atUs < fromUs || atUs > toUs) continue;
      longestUs = Math.max(longestUs, atUs - lastUs);
      lastUs = atUs;
    }
    return Math.max(longestUs, toUs - lastUs) / 1000;
  }
}
