import type { Feedback } from '../../rtp/parameters.ts';
import type { OutgoingPacket } from '../outgoing-packet.ts';
import type { Source } from '../source.ts';
import { type Check, seconds } from './check.ts';

/** What a viewer who joins, or has lost packets for good, would have to wait at most. */
const maxIntervalUs = 4_000_000;
/** Two requests may be lost, which go out one a second, and a keyframe takes its time. */
const answerPatienceUs = 2_500_000;

/**
 * Keyframes that are too far apart. A sender that takes both keyframe requests and transport-wide feedback encodes on
 * demand, as browsers do: it sends keyframes when asked, so there only an unanswered request is a fault.
 */
export class LongKeyIntervalCheck implements Check {
  readonly code = 'long-key-interval';
  readonly advice =
    'Set the keyframe interval to 2 s or less: "Keyframe Interval" in OBS, -g (ffmpeg) or key-int-max (GStreamer) in frames.';
  readonly #source: Source;
  readonly #isOnDemand: boolean;
  #keyframeUs: number;
  #requestsAtKeyframe: number;
  #unansweredSinceUs: number | undefined;

  constructor(source: Source, feedback: Feedback, startUs: number) {
    this.#source = source;
    this.#isOnDemand = feedback.transportCc && (feedback.pli || feedback.fir);
    this.#keyframeUs = startUs;
    this.#requestsAtKeyframe = source.keyframes.sent;
  }

  onPacket({ payload }: OutgoingPacket, nowUs: number): void {
    if (!payload.keyframeStart) return;
    this.#keyframeUs = nowUs;
    this.#requestsAtKeyframe = this.#source.keyframes.sent;
    this.#unansweredSinceUs = undefined;
  }

  find(nowUs: number): string | undefined {
    if (this.#source.keyframes.sent > this.#requestsAtKeyframe) this.#unansweredSinceUs ??= nowUs;
    if (!this.#source.isLive(nowUs)) return undefined;
    const intervalUs = nowUs - this.#keyframeUs;
    if (this.#unansweredSinceUs !== undefined && nowUs - this.#unansweredSinceUs > answerPatienceUs)
      return `No keyframe for ${seconds(intervalUs)}, although one was asked for.`;
    if (this.#isOnDemand || intervalUs <= maxIntervalUs) return undefined;
    return `No keyframe for ${seconds(intervalUs)}.`;
  }
}
