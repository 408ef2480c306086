import type { MediaKind, ReceiveTrackParameters, SendTrackParameters } from '../rtp/parameters.ts';
import type { BandwidthEstimator } from './bwe/bandwidth-estimator.ts';
import { createEstimator } from './bwe/create-estimator.ts';
import type { Downstream } from './downstream.ts';
import { fanOut } from './fan-out.ts';
import { highestLayer, type LayerChooser } from './layer-chooser.ts';
import { AdaptiveLayerChooser } from './layers/adaptive-layer-chooser.ts';
import { allLayers } from './layers/layer-filter.ts';
import { buildLadder, type LayerRung } from './layers/layer-ladder.ts';
import { OutgoingPacket } from './outgoing-packet.ts';
import { Publisher, type PublisherOutlet } from './publisher.ts';
import type { Source } from './source.ts';
import { Viewer } from './viewer.ts';
import { type PacketSink, ViewerLine } from './viewer-line.ts';

export interface RouterOptions {
  /** For each downstream. Default: the layers that the viewer's line carries; see `AdaptiveLayerChooser`. */
  readonly createLayerChooser?: () => LayerChooser;
  /** For a viewer with these tracks. Default: by transport-wide feedback where it was negotiated; see `createEstimator`. */
  readonly createEstimator?: (tracks: readonly SendTrackParameters[]) => BandwidthEstimator;
}

/** How often every viewer's layers are chosen anew, as its line and the layers' rates change. */
const aimIntervalUs = 100_000;
/** A new viewer who would take longer to catch up with live begins on a lower layer. */
const maxCatchUpUs = 1_000_000;

/** What viewers can be sent: live sources, and the combinations of video layers, worst to best. */
interface Offers {
  readonly audio: readonly Source[];
  readonly video: readonly Source[];
  readonly audioBps: number;
  readonly ladder: readonly LayerRung<Source>[];
}

/**
 * The media of one room: the host's publisher, the viewers, and which source feeds which downstream.
 * Owns no socket and no timer, and reads no clock: packets and `nowUs` come in, packets leave by each session's sink.
 * `nowUs` is microseconds since the Unix epoch by a clock that never steps back.
 */
export class Router implements PublisherOutlet {
  readonly #createLayerChooser: () => LayerChooser;
  readonly #viewers = new Set<Viewer>();
  /** The packet that has just come in. */
  readonly #packet = new OutgoingPacket();
  /** One from a ring: for retransmission and replay, which may happen while the other is on its way. */
  readonly #stored = new OutgoingPacket();
  readonly #createEstimator: (tracks: readonly SendTrackParameters[]) => BandwidthEstimator;
  #publisher: Publisher | undefined;
  #nextAimUs = 0;

  constructor(options: RouterOptions = {}) {
    this.#createLayerChooser = options.createLayerChooser ?? (() => new AdaptiveLayerChooser<Source>());
    this.#createEstimator = options.createEstimator ?? createEstimator;
  }

  get publisher(): Publisher | undefined {
    return this.#publisher;
  }

  /** Takes the place of a publisher before it; viewers go on with the new one at its first keyframe. */
  publish(sink: PacketSink, tracks: readonly ReceiveTrackParameters[], options: { maxBitrateBps: number }): Publisher {
    this.unpublish();
    const { maxBitrateBps } = options;
    this.#publisher = new Publisher({ sink, tracks, outlet: this, packet: this.#packet, maxBitrateBps });
    return this.#publisher;
  }

  /** The viewers keep their sessions and get nothing until somebody publishes again. */
  unpublish(): void {
    this.#publisher?.close();
    this.#publisher = undefined;
    for (const viewer of this.#viewers) {
      for (const downstream of viewer.downstreams) downstream.target = undefined;
    }
  }

  subscribe(sink: PacketSink, tracks: readonly SendTrackParameters[], nowUs: number): Viewer {
    const line = new ViewerLine(sink, this.#createEstimator(tracks));
    const viewer = new Viewer(line, tracks, this.#stored, this.#createLayerChooser);
    this.#viewers.add(viewer);
    this.#aimAll(viewer, this.#offers(nowUs), nowUs);
    viewer.catchUp(nowUs);
    return viewer;
  }

  unsubscribe(viewer: Viewer): void {
    viewer.close();
    this.#viewers.delete(viewer);
  }

  /** Whether there is a payload type for every track that the host and this viewer both have. */
  canDecode(viewer: Viewer): boolean {
    return viewer.downstreams.every((downstream) => {
      const sources = this.#sources(downstream.kind);
      return sources.length === 0 || sources.some((source) => downstream.accepts(source));
    });
  }

  onPacket(source: Source, packet: OutgoingPacket, nowUs: number): void {
    fanOut(source, packet, nowUs);
  }

  onLayersChanged(nowUs: number): void {
    this.#aimEveryone(nowUs);
  }

  #aimEveryone(nowUs: number): void {
    this.#nextAimUs = nowUs + aimIntervalUs;
    const offers = this.#offers(nowUs);
    for (const viewer of this.#viewers) this.#aimAll(viewer, offers, nowUs);
  }

  /** What there is to be had now, the same for all viewers. */
  #offers(nowUs: number): Offers {
    const isLive = (source: Source) => source.isLive(nowUs);
    const [audio, video] = [this.#sources('audio').filter(isLive), this.#sources('video').filter(isLive)];
    const audioBps = audio.reduce((sum, source) => sum + source.rate.bitsPerSecond(nowUs), 0);
    return { audio, video, audioBps, ladder: buildLadder(video, nowUs) };
  }

  #aimAll(viewer: Viewer, offers: Offers, nowUs: number): void {
    const { estimator } = viewer.line;
    const lineShare = { estimateBps: estimator.targetBps, audioBps: offers.audioBps };
    for (const downstream of viewer.downstreams) {
      const { candidates, ladder } = acceptable(offers, downstream);
      // What is not measured yet is taken to fit: a picture first, the right one half a second later.
      const best = highestLayer(candidates);
      const rung = ladder.length > 0 ? downstream.chooser.choose(ladder, lineShare, nowUs) : undefined;
      downstream.rung = rung;
      if (ladder.length > 0) estimator.setDemand(downstream.chooser.demandBps);
      if (ladder.length > 0 && downstream.chooser.paused) {
        this.#pause(downstream);
        continue;
      }
      downstream.select(rung?.spatialLayer ?? allLayers, rung?.temporalLayer ?? allLayers);
      this.#aim(downstream, rung?.source ?? best, lineShare.estimateBps, nowUs);
      if (downstream.needsKeyframe) downstream.source?.keyframes.request();
    }
  }

  /** Nothing more until the line carries the lowest layer again; then from a keyframe on. */
  #pause(downstream: Downstream): void {
    downstream.isPaused = true;
    downstream.source?.release(downstream);
    downstream.target?.release(downstream);
    downstream.target = undefined;
  }

  /** Lets a downstream wait for the layer it is to have; meanwhile it goes on with the one it has. */
  #aim(downstream: Downstream, chosen: Source | undefined, estimateBps: number, nowUs: number): void {
    if (chosen === downstream.target) return;
    const before = downstream.target;
    if (before !== undefined && before !== downstream.source) before.release(downstream);
    downstream.target = chosen;
    if (chosen === undefined || (chosen === downstream.source && !downstream.isPaused)) return;
    if (chosen.kind === 'video' && this.#replay(chosen, downstream, estimateBps, nowUs)) return;
    chosen.waiting.push(downstream);
    if (chosen.kind === 'video') chosen.keyframes.request();
  }

  /**
   * Shows a viewer who has no picture the group of pictures that the source is in, from its keyframe on; or that of a
   * lower layer, until the next keyframe, where the line would take too long for so much.
   * A viewer who has one keeps it until the next keyframe: to go back in time would be worse than to wait.
   * @returns whether it is fed by the source that was chosen now
   */
  #replay(chosen: Source, downstream: Downstream, estimateBps: number, nowUs: number): boolean {
    if (downstream.source !== undefined) return false;
    const source = this.#layerToReplay(chosen, downstream, estimateBps, nowUs);
    if (source === undefined) return false;
    const packet = this.#stored;
    source.recall(source.gop.startSequence(source.highestSequence), packet, nowUs);
    downstream.replayFrom(source, packet);
    source.downstreams.push(downstream);
    return source === chosen;
  }

  /** The best layer, up to the one that was chosen, that catches up in time; else the one with the least to send. */
  #layerToReplay(chosen: Source, downstream: Downstream, estimateBps: number, nowUs: number): Source | undefined {
    const chosenBps = chosen.rate.bitsPerSecond(nowUs);
    const layers = this.#sources('video')
      .map((source) => ({ source, bitrateBps: source.rate.bitsPerSecond(nowUs), bytes: source.replayBytes }))
      .filter(({ source, bitrateBps, bytes }) => bytes > 0 && bitrateBps <= chosenBps && downstream.accepts(source))
      .toSorted((a, b) => b.bitrateBps - a.bitrateBps);
    const inTime = layers.find(
      ({ bitrateBps, bytes }) => bytes * 8e6 <= Math.max(0, estimateBps - bitrateBps) * maxCatchUpUs,
    );
    return (inTime ?? layers.at(-1))?.source;
  }

  #sources(kind: MediaKind): readonly Source[] {
    const tracks = this.#publisher?.tracks ?? [];
    return tracks.filter((track) => track.parameters.kind === kind).flatMap((track) => track.sources);
  }

  /** Drives all that time drives: feedback, reports, retries. Called every 10 to 20 ms while there are sessions. */
  tick(nowUs: number): void {
    this.#publisher?.tick(nowUs);
    for (const source of this.#sources('video')) source.gop.tick(nowUs);
    if (nowUs >= this.#nextAimUs) this.#aimEveryone(nowUs);
    for (const viewer of this.#viewers) viewer.tick(nowUs);
  }

  /** Idempotent. */
  close(): void {
    this.unpublish();
    for (const viewer of this.#viewers) viewer.close();
    this.#viewers.clear();
  }

  dump(nowUs: number): object {
    return {
      publisher: this.#publisher?.dump(nowUs),
      viewers: Array.from(this.#viewers, (viewer) => viewer.dump()),
    };
  }
}

/** What of the offers a viewer can decode: mostly all of it. */
function acceptable(
  offers: Offers,
  downstream: Downstream,
): Pick<Offers, 'ladder'> & { candidates: readonly Source[] } {
  const accepts = (source: Source) => downstream.accepts(source);
  const sources = offers[downstream.kind];
  const ladder = downstream.kind === 'video' ? offers.ladder : noRungs;
  if (sources.every(accepts)) return { candidates: sources, ladder };
  return { candidates: sources.filter(accepts), ladder: ladder.filter(({ source }) => accepts(source)) };
}

const noRungs: readonly LayerRung<Source>[] = [];
