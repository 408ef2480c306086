import type { SendTrackParameters } from '../../rtp/parameters.ts';
import { type BandwidthEstimator, NullBandwidthEstimator } from './bandwidth-estimator.ts';
import { GoogCcEstimator } from './goog-cc.ts';
import { RembEstimator } from './remb-estimator.ts';

/** What a viewer's line is taken to carry until the first packets have come: as libwebrtc does. */
const startBps = 300_000;
/**
 * Measured by the packets that a viewer begins with, which leave in one burst: a round trip later the line is known, up
 * to the rate given here. The burst is what a slow line has to take in: 0.2 s of 0.3 Mbps.
 */
const startProbe = { bitrateBps: 30_000_000, bytes: 8_000, packets: 5 };

/** The estimator for a viewer with these tracks: without any feedback that tells, no limit is known. */
export function createEstimator(tracks: readonly SendTrackParameters[]): BandwidthEstimator {
  if (tracks.some(({ extensions, feedback }) => extensions.transportCc !== 0 && feedback.transportCc)) {
    return new GoogCcEstimator({ startBps, startProbe });
  }
  // A receiver needs the absolute send time to estimate anything (draft-alvestrand-rmcat-remb-03, section 3).
  const hasRemb = tracks.some(({ extensions, feedback }) => extensions.absSendTime !== 0 && feedback.remb);
  return hasRemb ? new RembEstimator() : new NullBandwidthEstimator(Number.POSITIVE_INFINITY);
}
