import type { ClientMessage } from '@bitbasel/protocol';
import { isWorthSimulcast, preferCodec, videoEncodings } from './encodings.ts';
import type { Negotiation, Welcome } from './negotiation.ts';
import type { MediaKind, OutgoingTrack } from './outgoing-track.ts';
import type { PublishOptions } from './publish.ts';

/** Joins first and offers after the welcome, whose media settings the offer depends on. */
export class PublishNegotiation implements Negotiation {
  readonly role = 'host';
  readonly #stream: MediaStream;
  readonly #outgoing: Readonly<Record<MediaKind, OutgoingTrack>>;
  readonly #options: PublishOptions;
  #hasOffered = false;

  /** @param stream by which viewers see the tracks to belong together */
  constructor(stream: MediaStream, outgoing: Readonly<Record<MediaKind, OutgoingTrack>>, options: PublishOptions) {
    this.#stream = stream;
    this.#outgoing = outgoing;
    this.#options = options;
  }

  /** Whether what the present connection sends is settled. */
  get hasOffered(): boolean {
    return this.#hasOffered;
  }

  async join(): Promise<ClientMessage> {
    this.#hasOffered = false;
    this.#outgoing.audio.attach(undefined);
    this.#outgoing.video.attach(undefined);
    const { userId } = this.#options;
    return { type: 'join', role: 'host', offer: 'client', ...(userId === undefined ? {} : { user_id: userId }) };
  }

  async onWelcome(peer: RTCPeerConnection, welcome: Welcome): Promise<ClientMessage> {
    const { audio, video } = welcome.room.media;
    this.#hasOffered = true;
    this.#send(peer, 'audio', () => [{ maxBitrate: audio.bitrate_kbps * 1000 }]);
    const transceiver = this.#send(peer, 'video', (track) => videoEncodings(video, this.#isSimulcast(track)));
    const codecs = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
    transceiver?.setCodecPreferences(preferCodec(codecs, video.codec));
    await this.applyDegradationPreference();
    await peer.setLocalDescription();
    return { type: 'offer', role: 'host', sdp: peer.localDescription?.sdp ?? '' };
  }

  /** Blurred text cannot be read, while a screen may stand still. */
  async applyDegradationPreference(): Promise<void> {
    const { track, sender } = this.#outgoing.video;
    const isScreen = track?.getSettings().displaySurface !== undefined;
    const preference = this.#options.degradationPreference ?? (isScreen ? 'maintain-resolution' : undefined);
    const parameters = sender?.getParameters();
    if (!sender || !parameters || parameters.degradationPreference === preference) return;
    delete parameters.degradationPreference;
    await sender.setParameters({ ...parameters, ...(preference && { degradationPreference: preference }) });
  }

  #send(
    peer: RTCPeerConnection,
    kind: MediaKind,
    encodings: (track: MediaStreamTrack) => RTCRtpEncodingParameters[],
  ): RTCRtpTransceiver | undefined {
    const { track } = this.#outgoing[kind];
    if (!track) return undefined;
    const streams = [this.#stream];
    const transceiver = peer.addTransceiver(track, { direction: 'sendonly', streams, sendEncodings: encodings(track) });
    this.#outgoing[kind].attach(transceiver.sender);
    return transceiver;
  }

  #isSimulcast(track: MediaStreamTrack): boolean {
    const { width = 0, height = 0 } = track.getSettings();
    return this.#options.simulcast ?? isWorthSimulcast(width, height);
  }
}
