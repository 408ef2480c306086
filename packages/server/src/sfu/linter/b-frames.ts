import { timestampDiff } from '../../rtp/sequence.ts';
import type { OutgoingPacket } from '../outgoing-packet.ts';
import type { Check } from './check.ts';

/** So many signs in a row, each within this time of the one before, are no accident. */
const minSigns = 3;
const maxGapUs = 2_000_000;

/**
 * Frames that are sent before others which are shown before them. Timestamps that run backwards tell (RTP timestamps
 * are those of presentation, RFC 6184, section 5.1), and H264's B slices also where the encoder stamps by sending order.
 * Browsers show frames in the order in which they were sent, so the picture jumps to and fro.
 */
export class BFramesCheck implements Check {
  readonly code = 'b-frames';
  readonly advice =
    'Switch B-frames off: set "B-frames" to 0 or tune to "zerolatency" (OBS, x264), -bf 0 (ffmpeg), bframes=0 (GStreamer).';
  #timestamp: number | undefined;
  #signs = 0;
  #signUs = Number.NEGATIVE_INFINITY;

  onPacket({ timestamp, payload }: OutgoingPacket, nowUs: number): void {
    const runsBackwards = this.#timestamp !== undefined && timestampDiff(timestamp, this.#timestamp) < 0;
    this.#timestamp = timestamp;
    if (!runsBackwards && !payload.bidirectional) return;
    if (nowUs - this.#signUs > maxGapUs) this.#signs = 0;
    this.#signs += 1;
    this.#signUs = nowUs;
  }

  find(nowUs: number): string | undefined {
    if (this.#signs < minSigns || nowUs - this.#signUs > maxGapUs) return undefined;
    return 'The encoder sends B-frames: frames come in another order than they are shown.';
  }
}
