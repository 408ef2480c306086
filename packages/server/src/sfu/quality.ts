import type { CodecName, MediaKind } from '../rtp/parameters.ts';
import type { Downstream } from './downstream.ts';
import { allLayers } from './layers/layer-filter.ts';
import type { LayerReason } from './layers/layer-reason.ts';
import type { Publisher } from './publisher.ts';
import type { Source } from './source.ts';
import type { Viewer } from './viewer.ts';

/** What a viewer is sent of one track now. Unknown values are NaN, or undefined where they are no numbers. */
export interface SentLayer {
  readonly codec: CodecName;
  readonly rid: string | undefined;
  /** Highest layers within the stream; undefined where all are sent. */
  readonly spatialLayer: number | undefined;
  readonly temporalLayer: number | undefined;
  /** Pixels; 0 for audio, and before the first keyframe. */
  readonly width: number;
  readonly height: number;
  /** Pictures a second, as measured at the host; NaN where too little was. */
  readonly framerate: number;
}

export interface SentTrack {
  readonly kind: MediaKind;
  /** Undefined while nothing feeds it. */
  readonly layer: SentLayer | undefined;
  readonly isPaused: boolean;
  readonly reason: LayerReason;
  readonly bitrateBps: number;
  readonly packetsSent: number;
  readonly packetsRetransmitted: number;
  readonly fractionLost: number;
  readonly packetsLost: number;
  readonly jitterUs: number;
  readonly reportedUs: number;
  /** The last reports say that nothing arrives, although something is sent. */
  readonly isStarved: boolean;
}

export interface ViewerQuality {
  readonly roundTripUs: number;
  /** Infinity where nothing estimates. */
  readonly estimateBps: number;
  readonly packetsNacked: number;
  readonly keyframesRequested: number;
  readonly tracks: readonly SentTrack[];
}

/** One stream (simulcast layer) of a host's. */
export interface ReceivedLayer {
  readonly kind: MediaKind;
  readonly codec: CodecName;
  readonly rid: string | undefined;
  readonly isLive: boolean;
  readonly width: number;
  readonly height: number;
  readonly framerate: number;
  readonly bitrateBps: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly jitterUs: number;
  readonly packetsNacked: number;
  readonly packetsRecovered: number;
  readonly keyframesReceived: number;
  readonly keyframesRequested: number;
  readonly viewers: number;
}

export interface PublisherQuality {
  readonly roundTripUs: number;
  readonly layers: readonly ReceivedLayer[];
}

/** Two reports of browsers are a second apart or more: longer than what a keyframe holds up. */
const starvedReports = 2;

/** Read when somebody asks: nothing here is kept up for each packet. */
export function viewerQuality(viewer: Viewer): ViewerQuality {
  return {
    roundTripUs: viewer.roundTripUs,
    estimateBps: viewer.line.estimator.targetBps,
    packetsNacked: viewer.packetsNacked,
    keyframesRequested: viewer.keyframesRequested,
    tracks: viewer.downstreams.map(sentTrack),
  };
}

function sentTrack(downstream: Downstream): SentTrack {
  const { received } = downstream;
  return {
    kind: downstream.kind,
    layer: sentLayer(downstream),
    isPaused: downstream.isPaused,
    reason: downstream.layerReason,
    bitrateBps: downstream.sentRate.perSecond * 8,
    packetsSent: downstream.packetsSent,
    packetsRetransmitted: downstream.packetsRetransmitted,
    fractionLost: received.fractionLost,
    packetsLost: received.packetsLost,
    jitterUs: received.jitterUs,
    reportedUs: received.reportedUs,
    isStarved: received.emptyReports >= starvedReports,
  };
}

/** What feeds it now, which is not what was chosen where that still waits for its keyframe. */
export function sentLayer(downstream: Downstream): SentLayer | undefined {
  const { source, rung } = downstream;
  if (source === undefined || downstream.target === undefined) return undefined;
  const { rid, width, codec } = source;
  const whole = { codec: codec.name, rid, width, height: source.height, spatialLayer: undefined };
  if (rung?.source !== source) return { ...whole, temporalLayer: undefined, framerate: Number.NaN };
  const { height, framerate } = rung;
  const shown = source.height === 0 ? whole : { ...whole, height, width: Math.round((width * height) / source.height) };
  return {
    ...shown,
    spatialLayer: rung.spatialLayer === allLayers ? undefined : rung.spatialLayer,
    temporalLayer: rung.temporalLayer === allLayers ? undefined : rung.temporalLayer,
    framerate,
  };
}

export function publisherQuality(publisher: Publisher, nowUs: number): PublisherQuality {
  const layers = publisher.tracks.flatMap(({ sources }) => sources.map((source) => receivedLayer(source, nowUs)));
  return { roundTripUs: publisher.roundTripUs, layers };
}

function receivedLayer(source: Source, nowUs: number): ReceivedLayer {
  const topTemporal = source.layers.topTemporalLayer(nowUs);
  return {
    kind: source.kind,
    codec: source.codec.name,
    rid: source.rid,
    isLive: source.isLive(nowUs),
    width: source.width,
    height: source.height,
    framerate: source.kind === 'video' && topTemporal >= 0 ? source.layers.framerate(topTemporal, nowUs) : Number.NaN,
    bitrateBps: source.rate.bitsPerSecond(nowUs),
    packetsReceived: source.reception.received,
    packetsLost: source.reception.lost,
    jitterUs: source.reception.jitterUs,
    packetsNacked: source.nack.requested,
    packetsRecovered: source.nack.recovered,
    keyframesReceived: source.keyframesReceived,
    keyframesRequested: source.keyframes.sent,
    viewers: source.downstreams.length,
  };
}
