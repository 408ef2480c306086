import type { ClientMessage } from '@bitbasel/protocol';
import type { Negotiation } from './negotiation.ts';
import { Session, type SessionOptions } from './session.ts';
import { askForDescriptors, withStereo } from './watch-offer.ts';
import { type WatchStats, WatchStatsReader } from './watch-stats.ts';

export type WatchOptions = SessionOptions;

/** Watches a room. Waits where it has no host, or does not exist yet. */
export function watch(room: string, options: WatchOptions = {}): WatchSession {
  return new WatchSession(room, options);
}

export class WatchSession extends Session {
  /** For a video element's `srcObject`, at once: it stays the same, and its tracks are replaced after a reconnect. */
  readonly stream: MediaStream;
  readonly #stats = new WatchStatsReader();

  constructor(room: string, options: WatchOptions) {
    const stream = new MediaStream();
    super(room, options, new WatchNegotiation(stream, options));
    this.stream = stream;
  }

  async stats(): Promise<WatchStats> {
    return this.#stats.read(await this.report(), this.state, this.clock);
  }
}

/** Sends the offer along with the join: the room need not be asked what to offer, so no round trip is spent on it. */
class WatchNegotiation implements Negotiation {
  readonly role = 'viewer';
  readonly #stream: MediaStream;
  readonly #options: WatchOptions;
  #offer: RTCSessionDescriptionInit | undefined;

  constructor(stream: MediaStream, options: WatchOptions) {
    this.#stream = stream;
    this.#options = options;
  }

  async join(peer: RTCPeerConnection): Promise<ClientMessage> {
    const receivers = (['audio', 'video'] as const).map((kind) => peer.addTransceiver(kind, { direction: 'recvonly' }));
    for (const track of this.#stream.getTracks()) this.#stream.removeTrack(track);
    for (const { receiver } of receivers) this.#stream.addTrack(receiver.track);

    for (const transceiver of receivers)
      if (transceiver.receiver.track.kind === 'video') askForDescriptors(transceiver);
    const { sdp: offered = '' } = await peer.createOffer();
    const sdp = withStereo(offered);
    this.#offer = { type: 'offer', sdp };
    const { userId } = this.#options;
    return { type: 'join', role: 'viewer', offer: 'client', sdp, ...(userId === undefined ? {} : { user_id: userId }) };
  }

  /** Applies the very offer that was sent, and only now: gathering starts here and needs the ICE servers. */
  async onWelcome(peer: RTCPeerConnection): Promise<undefined> {
    await peer.setLocalDescription(this.#offer);
  }
}
