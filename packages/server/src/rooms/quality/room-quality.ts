import type { RoomQuality, ViewerQuality, ViewersSummary } from '@bitbasel/protocol';
import { isoTime } from '../clock.ts';
import type { Session } from '../session.ts';
import { percentiles } from './percentiles.ts';
import { hostQuality, viewerQualityOf } from './session-quality.ts';

/** Made when somebody asks, from counters that are kept anyway. */
export function roomQuality(
  roomId: string,
  sessions: { hostSessions: Iterable<Session>; viewerSessions: Iterable<Session> },
  nowUs: number,
): RoomQuality {
  const viewers = Array.from(sessions.viewerSessions, (session) => viewerQualityOf(session, nowUs));
  return {
    room_id: roomId,
    at: isoTime(nowUs),
    hosts: Array.from(sessions.hostSessions, (session) => hostQuality(session, nowUs)),
    viewers,
    summary: summarize(viewers),
  };
}

function summarize(viewers: readonly ViewerQuality[]): ViewersSummary {
  const videos = viewers.map(({ tracks }) => tracks.filter(({ kind }) => kind === 'video'));
  const over = (pick: (viewer: ViewerQuality) => number | null | undefined) => percentiles(viewers.map(pick));
  return {
    viewers: viewers.length,
    paused: videos.filter((tracks) => tracks.some(({ paused }) => paused)).length,
    starved: viewers.filter(({ tracks }) => tracks.some(({ starved }) => starved)).length,
    round_trip_ms: over((viewer) => viewer.round_trip_ms),
    loss: percentiles(videos.flatMap((tracks) => tracks.map(({ loss }) => loss))),
    jitter_ms: percentiles(videos.flatMap((tracks) => tracks.map(({ jitter_ms }) => jitter_ms))),
    estimate_bps: over((viewer) => viewer.estimate_bps),
    connect_ms: over((viewer) => viewer.connect_ms),
    first_frame_ms: over((viewer) => viewer.player?.first_frame_ms),
    freeze_count: over((viewer) => viewer.player?.freeze_count),
  };
}
