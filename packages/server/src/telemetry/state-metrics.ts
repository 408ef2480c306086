import {
  Counter,
  type CounterConfiguration,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type Registry,
} from 'prom-client';
import type { Census } from '../rooms/quality/census.ts';
import type { SessionTotals } from '../rooms/session-totals.ts';

type Update = (census: Census, totals: SessionTotals) => void;

const prefix = 'bitbasel_';
/** Pictures of other heights count with the next of these, so that the label has few values. */
const heights = [90, 180, 270, 360, 540, 720, 1080, 1440, 2160];

/** What is the case now, and counters that are kept elsewhere: both are written anew for every scrape. */
export function createStateMetrics(registry: Registry, perRoom: boolean): Update[] {
  return [
    ...sessionGauges(registry),
    ...mediaCounters(registry),
    ...viewerDistributions(registry),
    ...(perRoom ? [roomGauges(registry)] : []),
  ];
}

/** What holds on to the network, counted where it is held: sessions may be gone and leave it behind. */
export interface OpenObjects {
  openWebSockets(): number;
  openConnections(): number;
  /** Packets that came in and were not handed on, since the start. */
  incomingDropped(): number;
}

export function showOpenObjects(registry: Registry, open: OpenObjects): void {
  const show = (name: string, help: string, count: () => number) =>
    new Gauge({
      ...{ name: prefix + name, help, registers: [registry] },
      collect() {
        this.set(count());
      },
    });
  show('websockets', 'WebSockets that are open', () => open.openWebSockets());
  show('transport_connections', 'Media connections that the transport holds', () => open.openConnections());
  new Counter({
    name: `${prefix}incoming_packets_dropped_total`,
    help: 'Packets that came in faster than the main thread takes them, and waited for a second',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(open.incomingDropped());
    },
  });
}

function sessionGauges(registry: Registry): Update[] {
  const gauge = gaugeMaker(registry);
  const rooms = gauge({ name: 'rooms', help: 'Rooms now', labelNames: ['state'] });
  const hosts = gauge({ name: 'hosts', help: 'Hosts whose media connection is up' });
  const viewers = gauge({ name: 'viewers', help: 'Viewers whose media connection is up' });
  const sessions = gauge({ name: 'sessions', help: 'Media sessions now', labelNames: ['role', 'state'] });
  const tracks = gauge({ name: 'tracks', help: 'Tracks negotiated by sessions', labelNames: ['role'] });
  const paused = gauge({ name: 'viewers_paused', help: 'Viewers whose video is held back' });
  const byHeight = gauge({
    name: 'viewers_by_height',
    help: 'Viewers by the height of the picture that they are sent, in pixels, rounded up',
    labelNames: ['height'],
  });
  const warnings = gauge({ name: 'stream_warnings', help: 'Warnings that stand', labelNames: ['code'] });
  return [
    (census) => {
      for (const state of ['live', 'waiting'] as const) rooms.set({ state }, census.rooms[state]);
      for (const role of ['host', 'viewer'] as const) {
        for (const state of ['connecting', 'connected'] as const)
          sessions.set({ role, state }, census.sessions[role][state]);
        tracks.set({ role }, census.tracks[role]);
      }
      hosts.set(census.sessions.host.connected);
      viewers.set(census.sessions.viewer.connected);
      paused.set(census.viewersPaused);
    },
    (census) => {
      byHeight.reset();
      for (const height of heights) byHeight.set({ height }, 0);
      for (const height of census.viewerHeights) byHeight.inc({ height: heightLabel(height) });
      warnings.reset();
      for (const code of census.warningCodes) warnings.inc({ code });
    },
  ];
}

function heightLabel(height: number): string {
  if (height === 0) return 'unknown';
  return String(heights.find((most) => height <= most) ?? 'more');
}

function mediaCounters(registry: Registry): Update[] {
  const counter = counterMaker(registry);
  const bytes = counter({ name: 'bytes_total', help: 'UDP payload of media and RTCP', labelNames: ['direction'] });
  const packets = counter({ name: 'packets_total', help: 'Packets of media and RTCP', labelNames: ['direction'] });
  const dropped = counter({ name: 'packets_dropped_total', help: 'Packets that the transport refused to send' });
  const repaired = counter({ name: 'packets_retransmitted_total', help: 'Packets sent to viewers again' });
  const nacked = counter({
    name: 'packets_nacked_total',
    help: 'Packets asked for again: by viewers of the server, by the server of hosts',
    labelNames: ['by'],
  });
  const keyframes = counter({
    name: 'keyframe_requests_total',
    help: 'Keyframe requests of viewers (asked), and those sent to hosts (forwarded), which many of them share',
    labelNames: ['stage'],
  });
  return [
    (_census, totals) => {
      for (const each of [bytes, packets, dropped, repaired, nacked, keyframes]) each.reset();
      bytes.inc({ direction: 'in' }, totals.bytesReceived);
      bytes.inc({ direction: 'out' }, totals.bytesSent);
      packets.inc({ direction: 'in' }, totals.packetsReceived);
      packets.inc({ direction: 'out' }, totals.packetsSent);
      dropped.inc(totals.packetsDropped);
      repaired.inc(totals.packetsRetransmitted);
      nacked.inc({ by: 'viewers' }, totals.viewerPacketsNacked);
      nacked.inc({ by: 'server' }, totals.hostPacketsNacked);
      keyframes.inc({ stage: 'asked' }, totals.viewerKeyframesRequested);
      keyframes.inc({ stage: 'forwarded' }, totals.hostKeyframesRequested);
    },
  ];
}

/** Histograms of the moment, one observation a viewer: take `histogram_quantile` of them without `rate`. */
function viewerDistributions(registry: Registry): Update[] {
  const distribution = (
    name: string,
    help: string,
    buckets: number[],
    values: (census: Census) => number[],
  ): Update => {
    const histogram = new Histogram({ name: prefix + name, help, buckets, registers: [registry] });
    return (census) => {
      histogram.reset();
      for (const value of values(census)) histogram.observe(value);
    };
  };
  const kbps = [100, 250, 500, 1000, 1500, 2000, 3000, 5000, 10_000, 20_000].map((value) => value * 1000);
  const delays = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6];
  const seconds = (valuesUs: number[]) => valuesUs.map((us) => us / 1e6);
  return [
    distribution('viewer_estimate_bps', 'Estimates of viewers lines now', kbps, (census) => census.viewerEstimatesBps),
    distribution('viewer_round_trip_seconds', 'Round trips of viewers now', delays, (census) =>
      seconds(census.viewerRoundTripsUs),
    ),
    distribution('host_round_trip_seconds', 'Round trips of hosts that tell it, now', delays, (census) =>
      seconds(census.hostRoundTripsUs),
    ),
    distribution(
      'viewer_loss_ratio',
      'Video packets lost by the last reports of viewers, 0 to 1, before repair',
      [0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
      (census) => census.viewerLosses,
    ),
  ];
}

function roomGauges(registry: Registry): Update {
  const gauge = gaugeMaker(registry);
  const viewers = gauge({ name: 'room_viewers', help: 'Viewers of a room', labelNames: ['room'] });
  const live = gauge({ name: 'room_live', help: 'Whether a room has a host', labelNames: ['room'] });
  return (census) => {
    viewers.reset();
    live.reset();
    for (const { roomId, viewers: count, isLive } of census.perRoom) {
      viewers.set({ room: roomId }, count);
      live.set({ room: roomId }, isLive ? 1 : 0);
    }
  };
}

function gaugeMaker(registry: Registry) {
  return <Label extends string>(options: GaugeConfiguration<Label>) =>
    new Gauge<Label>({ ...options, name: prefix + options.name, registers: [registry] });
}

function counterMaker(registry: Registry) {
  return <Label extends string>(options: CounterConfiguration<Label>) =>
    new Counter<Label>({ ...options, name: prefix + options.name, registers: [registry] });
}
