import { timestampDiff } from '../../rtp/sequence.ts';
import type { OutgoingPacket } from '../outgoing-packet.ts';
import type { Check } from './check.ts';

/** Viewers' buffers grow to some multiple of the jitter; beyond this the delay is felt. */
const maxJitterUs = 40_000;
/** The mean has settled by then. */
const minFrames = 16;
/** A pause, or a jump of the host's clock, is not jitter. */
const maxDifferenceUs = 2_000_000;

/**
 * Frames that come now early, now late. As RFC 3550, section 6.4.1, but by frames: the packets of a large frame come one
 * after another at the same timestamp, and would hide the jitter of those between them.
 */
export class JitterRisingCheck implements Check {
  readonly code = 'jitter-rising';
  readonly advice =
    'Use a cable instead of Wi-Fi, stop other uploads, and see that the encoder is not short of processor.';
  readonly #clockRate: number;
  #timestamp = 0;
  #arrivalUs = 0;
  #frames = 0;
  #jitterUs = 0;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  onPacket({ timestamp }: OutgoingPacket, nowUs: number): void {
    if (this.#frames > 0 && timestamp === this.#timestamp) return;
    const elapsedUs = (timestampDiff(timestamp, this.#timestamp) * 1e6) / this.#clockRate;
    const differenceUs = Math.abs(nowUs - this.#arrivalUs - elapsedUs);
    this.#timestamp = timestamp;
    this.#arrivalUs = nowUs;
    this.#frames += 1;
    if (this.#frames > 1 && differenceUs < maxDifferenceUs) this.#jitterUs += (differenceUs - this.#jitterUs) / 16;
  }

  find(): string | undefined {
    if (this.#frames < minFrames || this.#jitterUs <= maxJitterUs) return undefined;
    return `Frames come ${Math.round(this.#jitterUs / 1000)} ms early or late on average.`;
  }
}
