import type { MediaKind, ReceiveTrackParameters, SendTrackParameters } from '../rtp/parameters.ts';
import type { Downstream, PacketSink } from './downstream.ts';
import { fanOut } from './fan-out.ts';
import { HighestLayerChooser, type LayerChooser } from './layer-chooser.ts';
import { OutgoingPacket } from './outgoing-packet.ts';
import { Publisher, type PublisherOutlet } from './publisher.ts';
import type { Source } from './source.ts';
import { Viewer } from './viewer.ts';

export interface RouterOptions {
  /** Default: everyone gets the highest layer. */
  readonly layerChooser?: LayerChooser;
}

/**
 * The media of one room: the host's publisher, the viewers, and which source feeds which downstream.
 * Owns no socket and no timer, and reads no clock: packets and `nowUs` come in, packets leave by each session's sink.
 * `nowUs` is microseconds since the Unix epoch by a clock that never steps back.
 */
export class Router implements PublisherOutlet {
  readonly #layerChooser: LayerChooser;
  readonly #viewers = new Set<Viewer>();
  /** The packet that has just come in. */
  readonly #packet = new OutgoingPacket();
  /** One from a ring: for retransmission and replay, which may happen while the other is on its way. */
  readonly #stored = new OutgoingPacket();
  #publisher: Publisher | undefined;

  constructor(options: RouterOptions = {}) {
    this.#layerChooser = options.layerChooser ?? new HighestLayerChooser();
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
    const viewer = new Viewer(sink, tracks, this.#stored);
    this.#viewers.add(viewer);
    for (const downstream of viewer.downstreams) this.#aim(downstream, nowUs);
    viewer.catchUp(nowUs);
    return viewer;
  }

  unsubscribe(viewer: Viewer): void {
    viewer.close();
    this.#viewers.delete(viewer);
  }

  onPacket(source: Source, packet: OutgoingPacket, nowUs: number): void {
    fanOut(source, packet, nowUs);
  }

  onLayersChanged(nowUs: number): void {
    for (const viewer of this.#viewers) {
      for (const downstream of viewer.downstreams) this.#aim(downstream, nowUs);
    }
  }

  /** Lets a downstream wait for the layer it is to have; meanwhile it goes on with the one it has. */
  #aim(downstream: Downstream, nowUs: number): void {
    const candidates = this.#sources(downstream.kind).filter(
      (source) => source.isLive(nowUs) && downstream.accepts(source),
    );
    const chosen = this.#layerChooser.choose(candidates, downstream);
    if (chosen === downstream.target) return;
    const before = downstream.target;
    if (before !== undefined && before !== downstream.source) before.release(downstream);
    downstream.target = chosen;
    if (chosen === undefined || chosen === downstream.source) return;
    if (chosen.kind === 'video' && this.#replay(chosen, downstream, nowUs)) return;
    chosen.waiting.push(downstream);
    if (chosen.kind === 'video') chosen.keyframes.request();
  }

  /**
   * Shows a viewer who has no picture the group of pictures that the source is in, from its keyframe on.
   * A viewer who has one keeps it until the next keyframe: to go back in time would be worse than to wait.
   */
  #replay(source: Source, downstream: Downstream, nowUs: number): boolean {
    if (downstream.source !== undefined) return false;
    const start = source.gop.startSequence(source.highestSequence);
    if (start < 0) return false;
    const packet = this.#stored;
    packet.settle(start, source.ring.read(start, packet.buffer), source.codec.name, nowUs);
    downstream.replayFrom(source, packet);
    source.downstreams.push(downstream);
    return true;
  }

  #sources(kind: MediaKind): readonly Source[] {
    const tracks = this.#publisher?.tracks ?? [];
    return tracks.filter((track) => track.parameters.kind === kind).flatMap((track) => track.sources);
  }

  /** Drives all that time drives: feedback, reports, retries. Called every 10 to 20 ms while there are sessions. */
  tick(nowUs: number): void {
    this.#publisher?.tick(nowUs);
    for (const source of this.#sources('video')) source.gop.tick(nowUs);
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
