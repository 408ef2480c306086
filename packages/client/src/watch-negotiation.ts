import type { ClientMessage } from '@bitbasel/protocol';
import { setTracks } from './host-streams.ts';
import type { Negotiation, Welcome } from './negotiation.ts';
import type { WatchOptions } from './watch.ts';
import { askForDescriptors, withStereo } from './watch-offer.ts';

const mostSlots = 8;

/**
 * Sends the offer along with the join: most rooms have one host and need not be asked what to offer, so no round trip is
 * spent on it. Where the welcome tells of room for more, the client offers anew, and the first offer is not answered.
 */
export class WatchNegotiation implements Negotiation {
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
