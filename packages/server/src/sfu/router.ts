import type { ReceiveTrackParameters, SendTrackParameters } from '../rtp/parameters.ts';
import type { BandwidthEstimator } from './bwe/bandwidth-estimator.ts';
import { createEstimator } from './bwe/create-estimator.ts';
import type { Downstream } from './downstream.ts';
import { fanOut } from './fan-out.ts';
import { highestLayer, type LayerChooser, lowestLayer } from './layer-chooser.ts';
import { AdaptiveLayerChooser, type LineShare } from './layers/adaptive-layer-chooser.ts';
import type { MediaLimits } from './layers/layer-caps.ts';
import { allLayers } from './layers/layer-filter.ts';
import type { LayerRung } from './layers/layer-ladder.ts';
import { type LayerReason, reasonFor } from './layers/layer-reason.ts';
import { LineDivision } from './layers/line-division.ts';
import { type HostPlace, Lineup } from './lineup.ts';
import { acceptable, type Offers, offersOf, offersOfAll } from './offers.ts';
import { OutgoingPacket } from './outgoing-packet.ts';
import { Publisher, type PublisherOutlet } from './publisher.ts';
import { assignSlots } from './slots.ts';
import type { Source } from './source.ts';
import { ActiveSpeaker } from './speaker/active-speaker.ts';
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
/** A line that is taken to carry the best of layers that are not measured yet: of a host that has just begun. */
const goodLineBps = 2_000_000;

/** How often it is asked who speaks. */
const speakerIntervalUs = 100_000;
/** The host of rooms that have one and never say which. */
const onlyHost = '';

/**
 * The media of one room: the hosts' publishers, the viewers, and which source feeds which downstream.
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
  readonly #lineup = new Lineup();
  readonly #speaker = new ActiveSpeaker<HostPlace>();
  #nextAimUs = 0;
  #nextSpeakerUs = 0;
  #slotsVersion = 0;

  constructor(options: RouterOptions = {}) {
    this.#createLayerChooser = options.createLayerChooser ?? (() => new AdaptiveLayerChooser<Source>());
    this.#createEstimator = options.createEstimator ?? createEstimator;
  }

  /** By host, the main host's first: of the hosts that are there, the one that came first. */
  get publishers(): ReadonlyMap<string, Publisher> {
    const publishers = new Map<string, Publisher>();
    for (const { id, publisher } of this.#lineup.present) if (publisher !== undefined) publishers.set(id, publisher);
    return publishers;
  }

  publisherOf(hostId: string): Publisher | undefined {
    return this.#lineup.find(hostId)?.publisher;
  }

  /** The host that speaks, or has spoken last; undefined until somebody does, and when that host has gone. */
  get activeSpeaker(): string | undefined {
    const { active } = this.#speaker;
    return active?.publisher === undefined ? undefined : active.id;
  }

  /** Another number as soon as some viewer sees some host elsewhere. */
  get slotsVersion(): number {
    return this.#slotsVersion;
  }

  /**
   * Takes the place of a publisher of the same host before it; viewers go on with the new one at its first keyframe.
   * Another host is shown beside those before it, to viewers who have place for it.
   */
  publish(
    sink: PacketSink,
    tracks: readonly ReceiveTrackParameters[],
    options: { maxBitrateBps: number; hostId?: string; limits?: MediaLimits },
  ): Publisher {
    const { maxBitrateBps, hostId = onlyHost, limits = {} } = options;
    const before = this.publisherOf(hostId);
    if (before !== undefined) this.unpublish(before);
    const place = this.#lineup.enter(hostId);
    const { speech } = place;
    const publisher = new Publisher({
      ...{ sink, tracks, outlet: this, packet: this.#packet, maxBitrateBps, limits, speech },
    });
    place.publisher = publisher;
    this.#assignEveryone();
    return publisher;
  }

  /** The viewers keep their sessions; what they saw of this host stays until it comes back, or another takes the slot. */
  unpublish(publisher: Publisher): void {
    publisher.close();
    const place = this.#lineup.leave(publisher);
    if (place === undefined) return;
    for (const viewer of this.#viewers) {
      for (const downstream of viewer.downstreams) if (downstream.host === place) downstream.target = undefined;
    }
    this.#assignEveryone();
  }

  subscribe(sink: PacketSink, tracks: readonly SendTrackParameters[], nowUs: number, limits: MediaLimits = {}): Viewer {
    const line = new ViewerLine(sink, this.#createEstimator(tracks));
    const viewer = new Viewer(line, tracks, this.#stored, this.#createLayerChooser);
    viewer.limit(limits);
    this.#viewers.add(viewer);
    this.#assign(viewer);
    this.#aimAll(viewer, offersOfAll(this.#lineup.places, nowUs), nowUs);
    viewer.catchUp(nowUs);
    return viewer;
  }

  unsubscribe(viewer: Viewer): void {
    viewer.close();
    this.#viewers.delete(viewer);
  }

  /** Whether this viewer has a payload type for what some host sends, of each kind that is sent. */
  canDecode(viewer: Viewer): boolean {
    return [viewer.audio, viewer.video].every((downstreams) => {
      const [first] = downstreams;
      const sources =
        first === undefined ? [] : [...this.publishers.values()].flatMap((publisher) => publisher.sources(first.kind));
      return sources.length === 0 || sources.some((source) => downstreams.some((any) => any.accepts(source)));
    });
  }

  #assignEveryone(): void {
    this.#slotsVersion += 1;
    for (const viewer of this.#viewers) this.#assign(viewer);
    // What they are to be sent changes with it: chosen anew at the next tick.
    this.#nextAimUs = 0;
  }

  /** Says which host this viewer sees where. */
  #assign(viewer: Viewer): void {
    const { places } = this.#lineup;
    const speaker = this.#speaker.active;
    const here = speaker?.publisher === undefined ? undefined : speaker;
    assignSlots(viewer.video, places, here, []);
    assignSlots(viewer.audio, places, here, viewer.video);
    if (viewer.video.length < 2) return;
    viewer.videoByImportance = viewer.video.toSorted((a, b) => Number(b.host === here) - Number(a.host === here));
  }

  onPacket(source: Source, packet: OutgoingPacket, nowUs: number): void {
    fanOut(source, packet, nowUs);
  }

  onLayersChanged(nowUs: number): void {
    this.#aimEveryone(nowUs);
  }

  #aimEveryone(nowUs: number): void {
    this.#nextAimUs = nowUs + aimIntervalUs;
    const offers = offersOfAll(this.#lineup.places, nowUs);
    for (const viewer of this.#viewers) this.#aimAll(viewer, offers, nowUs);
  }

  #aimAll(viewer: Viewer, offers: ReadonlyMap<HostPlace, Offers>, nowUs: number): void {
    const { estimator } = viewer.line;
    let audioBps = 0;
    for (const downstream of viewer.audio) {
      const offered = offersOf(offers, downstream);
      audioBps += offered.audioBps;
      const { candidates } = acceptable(offered, downstream);
      this.#aim(downstream, highestLayer(candidates), estimator.targetBps, nowUs);
    }
    if (viewer.videoOff) {
      for (const downstream of viewer.video) this.#pause(downstream, 'wish');
      estimator.setDemand(audioBps);
      return;
    }
    // What has not been forwarded is not made up for: it begins anew with a keyframe that is within the limits.
    for (const downstream of viewer.video)
      if (downstream.source?.barred !== undefined) this.#pause(downstream, 'limit');
    if (viewer.video.length > 1) {
      this.#aimVideos(viewer, offers, audioBps, nowUs);
      return;
    }
    const [downstream] = viewer.video;
    if (downstream === undefined) return;
    const line = { estimateBps: estimator.targetBps, audioBps };
    const { candidates, ladder } = acceptable(offersOf(offers, downstream), downstream);
    this.#aimVideo(viewer, downstream, candidates, ladder, line, nowUs);
    if (ladder.length > 0) estimator.setDemand(downstream.chooser.demandBps);
  }

  /** The same for several videos on one line. */
  #aimVideos(viewer: Viewer, offers: ReadonlyMap<HostPlace, Offers>, audioBps: number, nowUs: number): void {
    const { estimator } = viewer.line;
    const videos = viewer.videoByImportance.map((downstream) => ({
      downstream,
      ...acceptable(offersOf(offers, downstream), downstream),
    }));
    const claims = videos.map(({ downstream, ladder }) => ({
      lowestBps: ladder[0]?.bitrateBps ?? 0,
      isPaused: downstream.isPaused,
    }));
    const division = new LineDivision(estimator.targetBps, audioBps, claims);
    let demandBps = 0;
    for (const [index, { downstream, candidates, ladder }] of videos.entries()) {
      const line = division.shareOf(index);
      const rung = this.#aimVideo(viewer, downstream, candidates, ladder, line, nowUs);
      // Of its video alone, and within its caps.
      const mostBps = ladder.length === 0 ? 0 : downstream.chooser.demandBps - line.audioBps;
      const nextBps = ladder[rung === undefined ? 0 : ladder.indexOf(rung) + 1]?.bitrateBps ?? 0;
      division.take(rung?.bitrateBps ?? 0, nextBps <= mostBps ? nextBps : 0);
      demandBps += mostBps;
    }
    if (demandBps > 0) estimator.setDemand(demandBps + audioBps);
  }

  /** @returns what it is to be sent; undefined where that is nothing, or not measured */
  #aimVideo(
    viewer: Viewer,
    downstream: Downstream,
    candidates: readonly Source[],
    ladder: readonly LayerRung<Source>[],
    line: LineShare,
    nowUs: number,
  ): LayerRung<Source> | undefined {
    const { targetBps, isMeasured, isProbed: byProbes } = viewer.line.estimator;
    // What others take leaves nothing to find out.
    const isProbed = (byProbes && viewer.canPad) || line.estimateBps === 0;
    // Layers that are not measured yet are taken to fit a good line: a picture first, the right one soon after.
    const unmeasured = targetBps >= goodLineBps ? highestLayer(candidates) : lowestLayer(candidates);
    const rung =
      ladder.length > 0
        ? downstream.chooser.choose(ladder, { ...line, wholeBps: targetBps, isMeasured, isProbed }, nowUs)
        : undefined;
    downstream.rung = rung;
    if (ladder.length > 0 && downstream.chooser.paused) {
      this.#pause(downstream, 'line');
      return undefined;
    }
    if (rung !== undefined) downstream.layerReason = reasonFor(ladder, rung, downstream.chooser.caps, viewer.limits);
    downstream.select(rung?.spatialLayer ?? allLayers, rung?.temporalLayer ?? allLayers);
    this.#aim(downstream, rung?.source ?? unmeasured, targetBps, nowUs);
    if (downstream.needsKeyframe) downstream.source?.keyframes.request();
    return rung;
  }

  /** Nothing more until the reason is gone; then from a keyframe on. */
  #pause(downstream: Downstream, reason: LayerReason): void {
    downstream.isPaused = true;
    downstream.layerReason = reason;
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
    const sources = downstream.host?.publisher?.sources('video') ?? [];
    const layers = sources
      .map((source) => ({ source, bitrateBps: source.rate.bitsPerSecond(nowUs), bytes: source.replayBytes }))
      .filter(
        ({ source, bitrateBps, bytes }) =>
          bytes > 0 && source.barred === undefined && bitrateBps <= chosenBps && downstream.accepts(source),
      )
      .toSorted((a, b) => b.bitrateBps - a.bitrateBps);
    const inTime = layers.find(
      ({ bitrateBps, bytes }) => bytes * 8e6 <= Math.max(0, estimateBps - bitrateBps) * maxCatchUpUs,
    );
    return (inTime ?? layers.at(-1))?.source;
  }

  /** Drives all that time drives: feedback, reports, retries. Called every 10 to 20 ms while there are sessions. */
  tick(nowUs: number): void {
    for (const { publisher } of this.#lineup.places) publisher?.tick(nowUs);
    for (const { publisher } of this.#lineup.places) {
      for (const source of publisher?.sources('video') ?? []) source.gop.tick(nowUs);
    }
    if (this.#lineup.expire(nowUs)) this.#assignEveryone();
    if (nowUs >= this.#nextSpeakerUs) this.#findSpeaker(nowUs);
    if (nowUs >= this.#nextAimUs) this.#aimEveryone(nowUs);
    for (const viewer of this.#viewers) viewer.tick(nowUs);
  }

  #findSpeaker(nowUs: number): void {
    this.#nextSpeakerUs = nowUs + speakerIntervalUs;
    if (!this.#speaker.update(this.#lineup.present, nowUs)) return;
    const { active } = this.#speaker;
    if (active !== undefined) active.spokeUs = nowUs;
    this.#assignEveryone();
  }

  /** Idempotent. */
  close(): void {
    for (const publisher of this.publishers.values()) this.unpublish(publisher);
    for (const viewer of this.#viewers) viewer.close();
    this.#viewers.clear();
  }

  dump(nowUs: number): object {
    return {
      publishers: this.#lineup.present.map(({ id, publisher }) => ({ id, ...publisher?.dump(nowUs) })),
      activeSpeaker: this.activeSpeaker,
      viewers: Array.from(this.#viewers, (viewer) => viewer.dump()),
    };
  }
}
