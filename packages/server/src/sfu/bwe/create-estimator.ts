import type { SendTrackParameters } from '../../rtp/parameters.ts';
import { type BandwidthEstimator, NullBandwidthEstimator } from './bandwidth-estimator.ts';
import { GoogCcEstimator } from './goog-cc.ts';
import { RembEstimator } from './remb-estimator.ts';

/**
 * What a viewer's line is taken to carry until feedback tells: a stream of the default settings, whole and at once,
 * instead of after some seconds of climbing. On a line that carries less it fills the queue for a second or two.
 */
const startBps = 2_000_000;

/** The estimator for a viewer with these tracks: without any feedback that tells, no limit is known. */
export function createEstimator(tracks: readonly SendTrackParameters[]): BandwidthEstimator {
  if (tracks.some(({ extensions, feedback }) => extensions.transportCc !== 0 && feedback.transportCc)) {
    return new GoogCcEstimator({ startBps });
  }
  // A receiver needs the absolute send time to estimate anything (draft-alvestrand-rmcat-remb-03, section 3).
  const hasRemb = tracks.some(({ extensions, feedback }) => extensions.absSendTime !== 0 && feedback.remb);
  return hasRemb ? new RembEstimator() : new NullBandwidthEstimator(Number.POSITIVE_INFINITY);
}
