import type { ClientMessage, HostView, LayerNotice, LayerWish } from '@bitbasel/protocol';
import { HostStreams, type ShownHost, setTracks } from './host-streams.ts';
import type { Negotiation, Welcome } from './negotiation.ts';
import { PlayerReporter } from './player-reporter.ts';
import { Session, type SessionOptions } from './session.ts';
import { VisibleSize, type VisibleWish } from './visible-size.ts';
import { askForDescriptors, withStereo } from './watch-offer.ts';
import { type WatchStats, WatchStatsReader } from './watch-stats.ts';

export interface WatchOptions extends SessionOptions {
  /**
   * Most hosts shown at a time, each in a stream of its own (see the event `hosts`). With 1, and where there are more
   * hosts than that, the streams follow whoever speaks. Default: 8, the most that a room can take.
   */
  slots?: number;
}

const mostSlots = 8;

/** What a viewer chooses of the host's layers. */
export type LayerChoice = Pick<LayerWish, 'rid' | 'height'>;

/** Watches a room. Waits where it has no host, or does not exist yet. */
export function watch(room: string, options: WatchOptions = {}): WatchSession {
  return new WatchSession(room, options);
}

export class WatchSession extends Session {
  /**
   * For a video element's `srcObject`, at once: it stays the same, and its tracks are replaced after a reconnect. Of
   * several hosts it has the main one; the event `hosts` tells the streams of all.
   */
  readonly stream: MediaStream;
  readonly #negotiation: WatchNegotiation;
  readonly #streams: HostStreams;
  readonly #stats = new WatchStatsReader();
  /** A reader of its own, since each measures from one call of it to the next. */
  readonly #reportedStats = new WatchStatsReader();
  readonly #reporter: PlayerReporter;
  #choice: LayerChoice = {};
  #visible: VisibleWish = {};
  #size: VisibleSize | undefined;
  #layer: LayerNotice | undefined;

  constructor(room: string, options: WatchOptions) {
    const stream = new MediaStream();
    const negotiation = new WatchNegotiation(stream, options);
    super(room, options, negotiation);
    this.stream = stream;
    this.#negotiation = negotiation;
    this.#streams = new HostStreams(stream);
    this.#reporter = new PlayerReporter(
      async () => this.#reportedStats.read(await this.report(), this.state, this.clock),
      (report) => this.send({ type: 'report', ...report }),
    );
    // Told anew to every connection, and to a room that has just come.
    this.on('room', () => this.#sendWish());
    this.on('layer', (layer) => {
      this.#layer = layer;
    });
    this.on('state', (state) => {
      if (state === 'ended' || state === 'failed' || state === 'closed') this.#stop();
    });
  }

  protected override shownHosts(hosts: readonly HostView[]): ShownHost[] {
    const { peer } = this.#negotiation;
    return peer === undefined ? super.shownHosts(hosts) : this.#streams.show(peer, hosts);
  }

  /** What is sent now: undefined before the first picture, and with a host that has only one layer too. */
  get layer(): LayerNotice | undefined {
    return this.#layer;
  }

  /** The best layer to send, by its rid or its height; `{}` leaves it to the server. A slower line is sent less. */
  choose(choice: LayerChoice): void {
    this.#choice = choice;
    this.#sendWish();
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

  #see(wish: VisibleWish): void {
    this.#visible = wish;
    this.#sendWish();
  }

  #sendWish(): void {
    this.send({ type: 'layer', ...this.#visible, ...this.#choice });
  }

  #stop(): void {
    this.#size?.stop();
    this.#reporter.stop();
  }

  async stats(): Promise<WatchStats> {
    return this.#stats.read(await this.report(), this.state, this.clock);
  }
}

/**
 * Sends the offer along with the join: most rooms have one host and need not be asked what to offer, so no round trip is
 * spent on it. Where the welcome tells of room for more, the client offers anew, and the first offer is not answered.
 */
class WatchNegotiation implements Negotiation {
  readonly role = 'viewer';
  readonly #stream: MediaStream;
  readonly #options: WatchOptions;
  readonly #slots: number;
  #offer: RTCSessionDescriptionInit | undefined;
  /** The connection of the latest attempt. */
  peer: RTCPeerConnection | undefined;

  constructor(stream: MediaStream, options: WatchOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#slots = Math.max(1, Math.min(mostSlots, options.slots ?? mostSlots));
  }

  async join(peer: RTCPeerConnection): Promise<ClientMessage> {
    this.peer = peer;
    setTracks(this.#stream, addSlot(peer));
    this.#offer = await stereoOffer(peer);
    const { sdp = '' } = this.#offer;
    const { userId } = this.#options;
    const who = userId === undefined ? {} : { user_id: userId };
    return { type: 'join', role: 'viewer', offer: 'client', sdp, slots: this.#slots, ...who };
  }

  /** Applies the very offer that was sent, and only now: gathering starts here and needs the ICE servers. */
  async onWelcome(peer: RTCPeerConnection, { room }: Welcome): Promise<ClientMessage | undefined> {
    const slots = Math.min(this.#slots, room.max_hosts);
    if (!(slots > 1)) {
      await peer.setLocalDescription(this.#offer);
      return undefined;
    }
    for (let slot = 1; slot < slots; slot += 1) addSlot(peer);
    await peer.setLocalDescription(await stereoOffer(peer));
    return { type: 'offer', role: 'viewer', sdp: peer.localDescription?.sdp ?? '' };
  }
}

async function stereoOffer(peer: RTCPeerConnection): Promise<RTCSessionDescriptionInit> {
  const { sdp = '' } = await peer.createOffer();
  return { type: 'offer', sdp: withStereo(sdp) };
}

/** Place for one host more. */
function addSlot(peer: RTCPeerConnection): MediaStreamTrack[] {
  const audio = peer.addTransceiver('audio', { direction: 'recvonly' });
  const video = peer.addTransceiver('video', { direction: 'recvonly' });
  askForDescriptors(video);
  return [audio.receiver.track, video.receiver.track];
}
