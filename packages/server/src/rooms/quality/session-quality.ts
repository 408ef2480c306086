import type { HostLayer, HostQuality, ViewerQuality, ViewerTrack } from '@bitbasel/protocol';
import { publisherQuality, type ReceivedLayer, type SentTrack, viewerQuality } from '../../sfu/quality.ts';
import { isoTime } from '../clock.ts';
import type { Session } from '../session.ts';
import { toWire } from '../stream-warnings.ts';

/** What all sessions show. The id in their URL is a capability, so it is not among it. */
function sessionFields(session: Session, roundTripUs: number) {
  return {
    session_id: session.publicId,
    user_id: session.userId,
    kind: session.kind,
    state: session.connectedUs === undefined ? 'connecting' : 'connected',
    created_at: isoTime(session.createdUs),
    connect_ms: known(session.connectUs, toMs),
    round_trip_ms: known(roundTripUs, toMs),
  } as const;
}

export function hostQuality(session: Session, nowUs: number): HostQuality {
  const { publisher } = session;
  const quality = publisher && publisherQuality(publisher, nowUs);
  const layers = quality?.layers.map(toHostLayer) ?? [];
  const warnings = publisher?.warnings.map(toWire) ?? [];
  return { ...sessionFields(session, quality?.roundTripUs ?? Number.NaN), layers, warnings };
}

function toHostLayer(layer: ReceivedLayer): HostLayer {
  const expected = layer.packetsReceived + layer.packetsLost;
  return {
    kind: layer.kind,
    codec: layer.codec,
    rid: layer.rid ?? null,
    live: layer.isLive,
    width: layer.width,
    height: layer.height,
    frames_per_second: known(layer.framerate, oneDecimal),
    bitrate_bps: Math.round(layer.bitrateBps),
    packets_received: layer.packetsReceived,
    packets_lost: layer.packetsLost,
    loss: expected > 0 ? Math.max(0, layer.packetsLost / expected) : null,
    jitter_ms: toMs(layer.jitterUs),
    packets_nacked: layer.packetsNacked,
    packets_recovered: layer.packetsRecovered,
    keyframes_received: layer.keyframesReceived,
    keyframes_requested: layer.keyframesRequested,
    viewers: layer.viewers,
  };
}

export function viewerQualityOf(session: Session, nowUs: number): ViewerQuality {
  const { viewer, report } = session;
  const quality = viewer && viewerQuality(viewer);
  return {
    ...sessionFields(session, quality?.roundTripUs ?? Number.NaN),
    estimate_bps: known(quality?.estimateBps, Math.round),
    packets_nacked: quality?.packetsNacked ?? 0,
    keyframes_requested: quality?.keyframesRequested ?? 0,
    tracks: quality?.tracks.map((track) => toViewerTrack(track, nowUs)) ?? [],
    player: report.latest && { ...report.latest, reported_at: isoTime(report.atUs) },
  };
}

function toViewerTrack(track: SentTrack, nowUs: number): ViewerTrack {
  const { layer } = track;
  return {
    kind: track.kind,
    codec: layer?.codec ?? null,
    rid: layer?.rid ?? null,
    spatial_layer: layer?.spatialLayer ?? null,
    temporal_layer: layer?.temporalLayer ?? null,
    width: layer?.width ?? 0,
    height: layer?.height ?? 0,
    frames_per_second: known(layer?.framerate, oneDecimal),
    bitrate_bps: Math.round(track.bitrateBps),
    paused: track.isPaused,
    packets_sent: track.packetsSent,
    packets_retransmitted: track.packetsRetransmitted,
    loss: known(track.fractionLost, (loss) => loss),
    packets_lost: track.packetsLost,
    jitter_ms: known(track.jitterUs, toMs),
    report_age_ms: known(nowUs - track.reportedUs, toMs),
    starved: track.isStarved,
  };
}

/** Null in place of what the layers below give as NaN, infinite or missing. */
function known(value: number | undefined, convert: (value: number) => number): number | null {
  return value === undefined || !Number.isFinite(value) ? null : convert(value);
}

function toMs(us: number): number {
  return Math.round(us / 100) / 10;
}

function oneDecimal(value: number): number {
  return Math.round(value * 10) / 10;
}
