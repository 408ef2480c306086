import type { SendTrackParameters } from '../../packages/server/src/rtp/parameters.ts';
import type { Publisher } from '../../packages/server/src/sfu/publisher.ts';
import { Router } from '../../packages/server/src/sfu/router.ts';
import type { Viewer } from '../../packages/server/src/sfu/viewer.ts';
import { sampleMs } from './measurements.ts';
import type { LineOptions } from './network.ts';
import type { Playout } from './playout.ts';
import { type Random, seededRandom } from './random.ts';
import { goodLine, Line, routerTickUs, viewerTickUs } from './room.ts';
import { feedback, hostTracks, noExtensions, opus, SimulatedHost, vp8 } from './simulated-host.ts';
import { SimulatedViewer } from './simulated-viewer.ts';
import { StreamAudit } from './stream-audit.ts';
import { VirtualTime } from './virtual-time.ts';

const transportCcId = 5;
const extensions = { ...noExtensions, transportCc: transportCcId };

const audioSsrc = (slot: number) => 0x100 + slot;
const videoSsrc = (slot: number) => 0x200 + slot;
const videoRtxSsrc = (slot: number) => 0x300 + slot;

function tracksOf(slot: number): SendTrackParameters[] {
  const common = { cname: 'room', feedback, extensions };
  return [
    {
      ...common,
      kind: 'audio',
      mid: `a${slot}`,
      ssrc: audioSsrc(slot),
      rtxSsrc: 0,
      codecs: [{ codec: opus, payloadType: 109 }],
    },
    {
      ...common,
      kind: 'video',
      mid: `v${slot}`,
      ssrc: videoSsrc(slot),
      rtxSsrc: videoRtxSsrc(slot),
      codecs: [{ codec: vp8, payloadType: 120, rtxPayloadType: 121 }],
    },
  ];
}

function streamsOf(slot: number) {
  return [
    { ssrc: audioSsrc(slot), rtxSsrc: 0, clockRate: opus.clockRate },
    { ssrc: videoSsrc(slot), rtxSsrc: videoRtxSsrc(slot), clockRate: vp8.clockRate, codec: 'VP8' },
  ] as const;
}

/** One who watches several hosts at a time. Samples are taken every 50 ms. */
export class CoHostViewer {
  readonly joinedUs: number;
  /** One for each slot. */
  readonly audits: readonly StreamAudit[];
  /** The layers in the slots, for example `f q paused`. */
  readonly layers: string[] = [];
  readonly queueMs: number[] = [];
  readonly peer: SimulatedViewer;
  readonly #session: Viewer;
  readonly #line: Line;

  constructor(time: VirtualTime, router: Router, line: Line, slots: number) {
    const all = Array.from({ length: slots }, (_, slot) => slot);
    this.#line = line;
    this.joinedUs = time.nowUs;
    this.audits = all.map((slot) => new StreamAudit(videoSsrc(slot)));
    this.peer = new SimulatedViewer({ transportCcId, streams: all.flatMap(streamsOf) }, (packet) =>
      line.toRoom.send(packet, (arrived, nowUs) => this.#session.receive(arrived, nowUs)),
    );
    const deliver = (packet: Buffer, nowUs: number) => this.peer.receive(packet, nowUs);
    const send = (packet: Buffer) => {
      for (const audit of this.audits) audit.onPacket(packet);
      line.fromRoom.send(packet, deliver);
      return true;
    };
    this.#session = router.subscribe({ send }, all.flatMap(tracksOf), time.nowUs);
  }

  playout(slot: number): Playout | undefined {
    return this.peer.playout(videoSsrc(slot));
  }

  sample(): void {
    const layers = this.#session.video.map(({ isPaused, source }) => (isPaused ? 'paused' : (source?.rid ?? 'none')));
    this.layers.push(layers.join(' '));
    this.queueMs.push(this.#line.fromRoom.queueMs);
  }
}

/** A room of several hosts, with the real router, between simulated hosts and viewers. */
export class CoHostRoom {
  readonly time = new VirtualTime();
  readonly router = new Router();
  readonly #random: Random;
  readonly #hosts = new Map<string, { host: SimulatedHost; publisher: Publisher }>();
  readonly #viewers: CoHostViewer[] = [];

  constructor(seed: number) {
    const { time, router } = this;
    this.#random = seededRandom(seed);
    time.every(routerTickUs, () => router.tick(time.nowUs));
    time.every(viewerTickUs, () => {
      for (const { peer } of this.#viewers) peer.tick(time.nowUs);
    });
    time.every(sampleMs * 1000, () => {
      for (const viewer of this.#viewers) viewer.sample();
    });
  }

  enter(hostId: string): void {
    const line = new Line(this.time, goodLine, 'toRoom', this.#random);
    const host = new SimulatedHost(this.time, (packet) =>
      line.toRoom.send(packet, (arrived, nowUs) => publisher.receive(arrived, nowUs)),
    );
    const send = (packet: Buffer) => {
      line.fromRoom.send(packet, (arrived) => host.receive(arrived));
      return true;
    };
    const publisher = this.router.publish({ send }, hostTracks, { maxBitrateBps: 5e6, hostId });
    this.#hosts.set(hostId, { host, publisher });
    host.start();
  }

  /** Without a word: what it has sent last may still arrive. */
  kill(hostId: string): void {
    const entry = this.#hosts.get(hostId);
    if (entry === undefined) return;
    entry.host.isPublishing = false;
    this.router.unpublish(entry.publisher);
  }

  join(slots: number, line: LineOptions = goodLine): CoHostViewer {
    const own = new Line(this.time, line, 'fromRoom', this.#random);
    const viewer = new CoHostViewer(this.time, this.router, own, slots);
    this.#viewers.push(viewer);
    return viewer;
  }

  /** Up to this second since the start. */
  run(seconds: number): void {
    this.time.runUntil(seconds);
  }
}
