import type { HostView, LayerNotice, ServerMessage } from '@bitbasel/protocol';
import { HostStreams, type ShownHost } from './host-streams.ts';
import { Playback } from './playback.ts';
import { PlayerReporter } from './player-reporter.ts';
import { choiceOf, type Quality, qualitiesOf } from './qualities.ts';
import { Session, type SessionEvents, type SessionOptions } from './session.ts';
import { VisibleSize, type VisibleWish } from './visible-size.ts';
import { WatchNegotiation } from './watch-negotiation.ts';
import { type WatchStats, WatchStatsReader } from './watch-stats.ts';

export type { ActiveSpeaker, LayerNotice, RoomInfo } from '@bitbasel/protocol';
export type { ShownHost } from './host-streams.ts';
export type { Quality } from './qualities.ts';
export type { SessionEnd, SessionEvents, SessionOptions, SessionState } from './session.ts';
export { type ClientErrorCode, type ErrorCode, StreamError } from './stream-error.ts';
export type { WatchStats } from './watch-stats.ts';

export interface WatchOptions extends SessionOptions {
  /** Play by itself, and with sound if the browser lets it. Default: true. Else call `play()`. */
  autoplay?: boolean;
  /** Begin without sound. Default: false. */
  muted?: boolean;
  /** Send no larger picture than the element shows, and sound alone while the page is hidden. Default: true. */
  fit?: boolean;
  /**
   * Most hosts shown at a time, each in a stream of its own (see the event `hosts`). With 1, and where there are more
   * hosts than that, the streams follow whoever speaks. Default: 8, the most that a room can take.
   */
  slots?: number;
}

export interface WatchEvents extends SessionEvents {
  /** The layer of the video that is sent now, and whether the video is held back, and why. */
  layer: LayerNotice;
  /** What can be chosen with `setQuality`, after a change. */
  qualities: readonly Quality[];
  /** The id of what was chosen. */
  quality: string;
  /** True: sound is off since the browser wants a gesture first; offer a button that calls `unmute()`. False: it is on. */
  'sound-blocked': boolean;
  /** True: the browser lets nothing play; the next gesture anywhere on the page starts it. False: it plays. */
  'play-blocked': boolean;
}

/**
 * Watches a room in an element. Waits where the room has no host, or does not exist yet.
 * @param element null for a page that shows `session.stream` by itself
 */
export function watch(room: string, element: HTMLVideoElement | null, options: WatchOptions = {}): WatchSession {
  return new WatchSession(room, element, options);
}

/** A viewer's side of a room, from `watch()`. */
export class WatchSession extends Session<WatchEvents> {
  /**
   * What the element shows. It stays the same, and its tracks are replaced after a reconnect. Of several hosts it has the
   * main one; the event `hosts` tells the streams of all.
   */
  readonly stream: MediaStream;
  readonly #element: HTMLVideoElement | null;
  readonly #playback: Playback | undefined;
  readonly #negotiation: WatchNegotiation;
  readonly #streams: HostStreams;
  readonly #stats = new WatchStatsReader();
  /** A reader of its own, since each measures from one call of it to the next. */
  readonly #reportedStats = new WatchStatsReader();
  readonly #reporter: PlayerReporter;
  #quality = 'auto';
  #qualities = qualitiesOf([]);
  #visible: VisibleWish = {};
  #size: VisibleSize | undefined;
  #layer: LayerNotice | undefined;

  constructor(room: string, element: HTMLVideoElement | null, options: WatchOptions) {
    const stream = new MediaStream();
    const negotiation = new WatchNegotiation(stream, options);
    super(room, options, negotiation);
    this.stream = stream;
    this.#element = element;
    this.#negotiation = negotiation;
    this.#streams = new HostStreams(stream);
    this.#reporter = new PlayerReporter(
      async () => this.#reportedStats.read(await this.report(), this.state, this.clock),
      (report) => this.send({ type: 'report', ...report }),
    );
    // Told anew to every connection, and to a room that has just come.
    this.on('room', () => this.#sendWish());
    this.on('live', () => this.#playback?.resume());
    this.on('ended', () => this.#stop());
    if (element) this.#playback = this.#show(element, options);
    if (this.state === 'closed') this.#stop();
  }

  /** The layer that is sent now: undefined before the first picture. */
  get layer(): LayerNotice | undefined {
    return this.#layer;
  }

  /** What can be chosen now: `auto`, and the layers that the main host sends, best first. */
  get qualities(): readonly Quality[] {
    return this.#qualities;
  }

  /** The id of what was chosen. */
  get quality(): string {
    return this.#quality;
  }

  /** The best quality to send, by its id; `auto` leaves it to the server. A slower line is sent less. */
  setQuality(id: string): void {
    if (id === this.#quality) return;
    this.#quality = id;
    this.#sendWish();
    this.emit('quality', id);
  }

  /** True while sound waits for `unmute()`, called from a gesture of the user's. */
  get soundBlocked(): boolean {
    return this.#playback?.soundBlocked ?? false;
  }

  /** True while the browser lets nothing play; the next gesture anywhere on the page starts it. */
  get playBlocked(): boolean {
    return this.#playback?.playBlocked ?? false;
  }

  /** Plays, without sound where the browser allows no more. */
  async play(): Promise<void> {
    await this.#playback?.play();
  }

  /** Turns the sound on. To be called from a gesture of the user's. */
  async unmute(): Promise<void> {
    await this.#playback?.unmute();
  }

  /**
   * From now on sends no more than what this element shows, and no video while the page is hidden; audio goes on.
   * @returns what ends it
   */
  observe(element: HTMLVideoElement): () => void {
    this.#size?.stop();
    const size = new VisibleSize(element, (wish) => this.#see(wish));
    this.#size = size;
    return () => {
      if (this.#size !== size) return;
      size.stop();
      this.#see({});
    };
  }

  async stats(): Promise<WatchStats> {
    return this.#stats.read(await this.report(), this.state, this.clock);
  }

  protected override shownHosts(hosts: readonly HostView[]): ShownHost[] {
    const { peer } = this.#negotiation;
    return peer === undefined ? super.shownHosts(hosts) : this.#streams.show(peer, hosts);
  }

  protected override receive(message: ServerMessage): void {
    if (message.type === 'layer') {
      this.#layer = message;
      this.emit('layer', message);
    } else if (message.type === 'layers') {
      this.#qualities = qualitiesOf(message.layers);
      this.emit('qualities', this.#qualities);
    }
  }

  #show(element: HTMLVideoElement, { muted = false, autoplay = true, fit = true }: WatchOptions): Playback {
    element.srcObject = this.stream;
    element.playsInline = true;
    element.muted = muted;
    const playback = new Playback(element, {
      onSoundBlocked: (blocked) => this.emit('sound-blocked', blocked),
      onPlayBlocked: (blocked) => this.emit('play-blocked', blocked),
    });
    if (fit) this.observe(element);
    if (autoplay) void playback.play();
    return playback;
  }

  #see(wish: VisibleWish): void {
    this.#visible = wish;
    this.#sendWish();
  }

  #sendWish(): void {
    this.send({ type: 'layer', ...this.#visible, ...choiceOf(this.#quality) });
  }

  #stop(): void {
    this.#size?.stop();
    this.#reporter.stop();
    this.#playback?.stop();
    // The last picture of a stream that has ended may stay; one that was left is let go.
    if (this.state === 'closed' && this.#element?.srcObject === this.stream) this.#element.srcObject = null;
  }
}
