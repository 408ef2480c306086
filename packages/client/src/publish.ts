import type { ClientMessage } from '@bitbasel/protocol';
import { isWorthSimulcast, preferCodec, videoEncodings } from './encodings.ts';
import type { Negotiation, Welcome } from './negotiation.ts';
import { type PublishStats, PublishStatsReader } from './publish-stats.ts';
import { Session, type SessionOptions } from './session.ts';

export interface PublishOptions extends SessionOptions {
  /** Send three resolutions. Default: when the video has at least as many pixels as 960 x 540. */
  simulcast?: boolean;
  /** What the encoder shall hold on to when bandwidth or processor are short. Default: the browser's choice. */
  degradationPreference?: RTCDegradationPreference;
}

/**
 * Publishes a stream in a room, with the codec, bitrates and frame rate that the room asks for.
 * One audio and one video track are taken; either may be missing.
 */
export function publish(room: string, stream: MediaStream, options: PublishOptions = {}): PublishSession {
  return new PublishSession(room, stream, options);
}

export class PublishSession extends Session {
  readonly #stats = new PublishStatsReader();

  constructor(room: string, stream: MediaStream, options: PublishOptions) {
    super(room, options, new PublishNegotiation(stream, options));
  }

  async stats(): Promise<PublishStats> {
    return this.#stats.read(await this.report(), this.state);
  }
}

/** Joins first and offers after the welcome, whose media settings the offer depends on. */
class PublishNegotiation implements Negotiation {
  readonly role = 'host';
  readonly #stream: MediaStream;
  readonly #options: PublishOptions;

  constructor(stream: MediaStream, options: PublishOptions) {
    this.#stream = stream;
    this.#options = options;
  }

  async join(): Promise<ClientMessage> {
    const { userId } = this.#options;
    return { type: 'join', role: 'host', offer: 'client', ...(userId === undefined ? {} : { user_id: userId }) };
  }

  async onWelcome(peer: RTCPeerConnection, welcome: Welcome): Promise<ClientMessage> {
    const { audio, video } = welcome.room.media;
    const [audioTrack] = this.#stream.getAudioTracks();
    const [videoTrack] = this.#stream.getVideoTracks();
    if (audioTrack) this.#send(peer, audioTrack, [{ maxBitrate: audio.bitrate_kbps * 1000 }]);
    if (videoTrack) {
      const transceiver = this.#send(peer, videoTrack, videoEncodings(video, this.#isSimulcast(videoTrack)));
      const codecs = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
      transceiver.setCodecPreferences(preferCodec(codecs, video.codec));
      await this.#setDegradationPreference(transceiver.sender);
    }
    await peer.setLocalDescription();
    return { type: 'offer', role: 'host', sdp: peer.localDescription?.sdp ?? '' };
  }

  #send(peer: RTCPeerConnection, track: MediaStreamTrack, sendEncodings: RTCRtpEncodingParameters[]) {
    return peer.addTransceiver(track, { direction: 'sendonly', streams: [this.#stream], sendEncodings });
  }

  async #setDegradationPreference(sender: RTCRtpSender): Promise<void> {
    const { degradationPreference } = this.#options;
    if (!degradationPreference) return;
    await sender.setParameters({ ...sender.getParameters(), degradationPreference });
  }

  #isSimulcast(track: MediaStreamTrack): boolean {
    const { width = 0, height = 0 } = track.getSettings();
    return this.#options.simulcast ?? isWorthSimulcast(width, height);
  }
}
