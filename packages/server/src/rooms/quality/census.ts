import { sentLayer } from '../../sfu/quality.ts';
import type { Room } from '../room.ts';
import type { Session } from '../session.ts';

/** What is the case over all rooms now, for a scrape: one walk over the sessions. */
export interface Census {
  readonly rooms: { live: number; waiting: number };
  readonly sessions: Record<'host' | 'viewer', { connecting: number; connected: number }>;
  readonly tracks: Record<'host' | 'viewer', number>;
  viewersPaused: number;
  /** A value for each viewer (host) of which it is known. */
  readonly viewerEstimatesBps: number[];
  readonly viewerRoundTripsUs: number[];
  readonly viewerLosses: number[];
  readonly hostRoundTripsUs: number[];
  /** Heights of the pictures that viewers are sent; 0 where it is not known yet. */
  readonly viewerHeights: number[];
  readonly warningCodes: string[];
  readonly perRoom: { roomId: string; viewers: number; isLive: boolean }[];
}

export function takeCensus(rooms: Iterable<Room>): Census {
  const census: Census = {
    rooms: { live: 0, waiting: 0 },
    sessions: { host: { connecting: 0, connected: 0 }, viewer: { connecting: 0, connected: 0 } },
    tracks: { host: 0, viewer: 0 },
    ...{ viewersPaused: 0, viewerEstimatesBps: [], viewerRoundTripsUs: [], viewerLosses: [] },
    ...{ hostRoundTripsUs: [], viewerHeights: [], warningCodes: [], perRoom: [] },
  };
  for (const room of rooms) {
    census.rooms[room.isLive ? 'live' : 'waiting'] += 1;
    census.perRoom.push({ roomId: room.id, viewers: room.viewerCount, isLive: room.isLive });
    for (const host of room.hostSessions) countHost(census, host);
    for (const viewer of room.viewerSessions) countViewer(census, viewer);
  }
  return census;
}

function countHost(census: Census, session: Session): void {
  countSession(census, session);
  const { publisher } = session;
  if (publisher === undefined) return;
  census.tracks.host += publisher.tracks.length;
  if (Number.isFinite(publisher.roundTripUs)) census.hostRoundTripsUs.push(publisher.roundTripUs);
  for (const { code } of publisher.warnings) census.warningCodes.push(code);
}

function countViewer(census: Census, session: Session): void {
  countSession(census, session);
  const { viewer } = session;
  if (viewer === undefined) return;
  census.tracks.viewer += viewer.downstreams.length;
  const estimateBps = viewer.line.estimator.targetBps;
  if (Number.isFinite(estimateBps)) census.viewerEstimatesBps.push(estimateBps);
  if (Number.isFinite(viewer.roundTripUs)) census.viewerRoundTripsUs.push(viewer.roundTripUs);
  if (Number.isFinite(viewer.fractionLost)) census.viewerLosses.push(viewer.fractionLost);
  const videos = viewer.downstreams.filter(({ kind }) => kind === 'video');
  if (videos.some(({ isPaused }) => isPaused)) census.viewersPaused += 1;
  for (const video of videos) {
    const layer = video.isPaused ? undefined : sentLayer(video);
    if (layer !== undefined) census.viewerHeights.push(layer.height);
  }
}

function countSession({ sessions }: Census, { role, connectedUs }: Session): void {
  sessions[role][connectedUs === undefined ? 'connecting' : 'connected'] += 1;
}
