import type { SendTrackParameters } from '../../packages/server/src/rtp/parameters.ts';
import type { Publisher } from '../../packages/server/src/sfu/publisher.ts';
import { Router } from '../../packages/server/src/sfu/router.ts';
import type { Viewer } from '../../packages/server/src/sfu/viewer.ts';
import { Link } from './link.ts';
import type { LossModel } from './loss-model.ts';
import { sampleMs } from './measurements.ts';
import type { LineOptions } from './network.ts';
import { Playout } from './playout.ts';
import { type Random, seededRandom } from './random.ts';
import { feedback, hostTracks, noExtensions, opus, SimulatedHost, vp8 } from './simulated-host.ts';
import { SimulatedViewer } from './simulated-viewer.ts';
import { StreamAudit } from './stream-audit.ts';
import { VirtualTime } from './virtual-time.ts';

export const routerTickUs = 20_000;
export const viewerTickUs = 10_000;
const transportCcId = 5;
const [videoSsrc, videoRtxSsrc, audioSsrc] = [0x10, 0x11, 0x20];
const viewerExtensions = { ...noExtensions, transportCc: transportCcId };

const viewerTracks: readonly SendTrackParameters[] = [
  {
    kind: 'audio',
    mid: '0',
    ssrc: audioSsrc,
    rtxSsrc: 0,
    cname: 'room',
    codecs: [{ codec: opus, payloadType: 109 }],
    feedback,
    extensions: viewerExtensions,
  },
  {
    kind: 'video',
    mid: '1',
    ssrc: videoSsrc,
    rtxSsrc: videoRtxSsrc,
    cname: 'room',
    codecs: [{ codec: vp8, payloadType: 120, rtxPayloadType: 121 }],
    feedback,
    extensions: viewerExtensions,
  },
];
const viewerStreams = [
  { ssrc: videoSsrc, rtxSsrc: videoRtxSsrc, clockRate: vp8.clockRate, codec: 'VP8' },
  { ssrc: audioSsrc, rtxSsrc: 0, clockRate: opus.clockRate },
] as const;

/** Both directions of somebody's line: one has the bottleneck, both have the delay and the loss. */
export class Line {
  readonly toRoom: Link;
  readonly fromRoom: Link;

  constructor(time: VirtualTime, options: LineOptions, narrow: 'toRoom' | 'fromRoom', random: Random) {
    const { roundTripMs, loss, ...bottleneck } = options;
    const make = (isNarrow: boolean) => {
      const lossModel: { loss?: LossModel } = loss === undefined ? {} : { loss: loss(random) };
      const rate = isNarrow ? bottleneck : { bitrateBps: Number.POSITIVE_INFINITY };
      return new Link(time, { ...rate, ...lossModel, propagationMs: roundTripMs / 2, random });
    };
    this.toRoom = make(narrow === 'toRoom');
    this.fromRoom = make(narrow === 'fromRoom');
  }
}

/** One who watches, seen from both ends of the line. Samples are taken every 50 ms. */
export class RoomViewer {
  readonly joinedUs: number;
  readonly line: Line;
  readonly audit = new StreamAudit(videoSsrc);
  /** The rid of the layer that is sent, 'paused' or 'none'. */
  readonly layers: string[] = [];
  readonly queueMs: number[] = [];
  readonly session: Viewer;
  readonly peer: SimulatedViewer;
  readonly #time: VirtualTime;

  constructor(time: VirtualTime, router: Router, line: Line) {
    this.#time = time;
    this.line = line;
    this.joinedUs = time.nowUs;
    this.peer = new SimulatedViewer({ transportCcId, streams: viewerStreams }, (packet) =>
      line.toRoom.send(packet, (arrived, nowUs) => this.session.receive(arrived, nowUs)),
    );
    const deliver = (packet: Buffer, nowUs: number) => this.peer.receive(packet, nowUs);
    const send = (packet: Buffer) => {
      this.audit.onPacket(packet);
      line.fromRoom.send(packet, deliver);
      return true;
    };
    this.session = router.subscribe({ send }, viewerTracks, time.nowUs);
  }

  get playout(): Playout {
    return this.peer.playout(videoSsrc) ?? new Playout();
  }

  get layer(): string {
    const video = this.session.downstreams.find(({ kind }) => kind === 'video');
    if (video?.isPaused) return 'paused';
    return video?.source?.rid ?? 'none';
  }

  /** Of the frames that were sent, or should have been, from the first to the last: how many came whole. */
  get wholeShare(): number {
    return this.peer.wholeFrames(videoSsrc) / this.audit.frames;
  }

  sample(): void {
    this.layers.push(this.layer);
    this.queueMs.push(this.line.fromRoom.queueMs);
  }

  setRateAt(seconds: number, bitrateBps: number): void {
    this.#time.after(seconds * 1e6 - this.#time.seconds * 1e6, () => this.line.fromRoom.setBitrate(bitrateBps));
  }
}

export const goodLine: LineOptions = { bitrateBps: 20e6, roundTripMs: 20 };

/** A room as it is in production, with the real router, between a simulated host and simulated viewers. */
export class SimulatedRoom {
  readonly time = new VirtualTime();
  readonly random: Random;
  readonly router = new Router();
  readonly host: SimulatedHost;
  readonly publisher: Publisher;
  readonly viewers = new Set<RoomViewer>();

  constructor(seed: number, uplink: LineOptions = goodLine) {
    const { time, router } = this;
    this.random = seededRandom(seed);
    const line = new Line(time, uplink, 'toRoom', this.random);
    this.host = new SimulatedHost(time, (packet) =>
      line.toRoom.send(packet, (arrived, nowUs) => this.publisher.receive(arrived, nowUs)),
    );
    const send = (packet: Buffer) => {
      line.fromRoom.send(packet, (arrived) => this.host.receive(arrived));
      return true;
    };
    this.publisher = router.publish({ send }, hostTracks, { maxBitrateBps: 5e6 });
    this.host.start();
    time.every(routerTickUs, () => router.tick(time.nowUs));
    time.every(viewerTickUs, () => {
      for (const viewer of this.viewers) viewer.peer.tick(time.nowUs);
    });
    time.every(sampleMs * 1000, () => {
      for (const viewer of this.viewers) viewer.sample();
    });
  }

  join(line: LineOptions = goodLine): RoomViewer {
    const viewer = new RoomViewer(this.time, this.router, new Line(this.time, line, 'fromRoom', this.random));
    this.viewers.add(viewer);
    return viewer;
  }

  leave(viewer: RoomViewer): void {
    this.router.unsubscribe(viewer.session);
    this.viewers.delete(viewer);
  }

  /** Up to this second since the start. */
  run(seconds: number): void {
    this.time.runUntil(seconds);
  }

  /** The host sends nothing more, and what is on its way and missing gets time to arrive. */
  finish(): void {
    this.host.isPublishing = false;
    this.run(this.time.seconds + 2);
  }
}
