import type { SendTrackParameters } from '../../rtp/parameters.ts';
import { type BandwidthEstimator, NullBandwidthEstimator } from './bandwidth-estimator.ts';
import { GoogCcEstimator } from './goog-cc.ts';

/**
 * What a viewer's line is taken to carry until feedback tells: most carry it, and a viewer sees the full picture at once
 * instead of after some seconds of climbing. The first feedback, a tenth of a second later, corrects it.
 */
const startBps = 3_000_000;

/** The estimator for a viewer with these tracks: without any feedback that tells, no limit is known. */
export function createEstimator(tracks: readonly SendTrackParameters[]): BandwidthEstimator {
  const hasTransportCc = tracks.some(
    ({ extensions, feedback }) => extensions.transportCc !== 0 && feedback.transportCc,
  );
  return hasTransportCc ? new GoogCcEstimator({ startBps }) : new NullBandwidthEstimator(Number.POSITIVE_INFINITY);
}
