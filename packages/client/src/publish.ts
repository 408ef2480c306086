import type { ServerMessage, StreamWarning } from '@bitbasel/protocol';
import { setTracks } from './host-streams.ts';
import { newWarnings } from './new-warnings.ts';
import { type MediaKind, OutgoingTrack } from './outgoing-track.ts';
import { PublishNegotiation } from './publish-negotiation.ts';
import { type PublishStats, PublishStatsReader } from './publish-stats.ts';
import { Session, type SessionEvents, type SessionOptions } from './session.ts';

export type { ActiveSpeaker, RoomInfo, StreamWarning } from '@bitbasel/protocol';
export type { ShownHost } from './host-streams.ts';
export type { MediaKind } from './outgoing-track.ts';
export type { LayerStats, PublishStats } from './publish-stats.ts';
export type { SessionEnd, SessionEvents, SessionOptions, SessionState } from './session.ts';
export { type ClientErrorCode, type ErrorCode, StreamError } from './stream-error.ts';

export interface PublishOptions extends SessionOptions {
  /** Send three resolutions. Default: when the video has at least as many pixels as 960 x 540. */
  simulcast?: boolean;
  /**
   * What the encoder shall hold on to when bandwidth or processor are short. Default: the resolution of a screen, else
   * the browser's choice.
   */
  degradationPreference?: RTCDegradationPreference;
}

export interface PublishEvents extends SessionEvents {
  /** What is wrong with the stream now, each time that changes; empty when all is well again. */
  warnings: StreamWarning[];
  /** One that was not there before. */
  warning: StreamWarning;
  /** A track has ended by itself: a camera was unplugged, or a screen is shared no more. The session goes on without. */
  'source-ended': { readonly kind: MediaKind; readonly track: MediaStreamTrack };
  /** Which kinds are muted now. */
  muted: Readonly<Record<MediaKind, boolean>>;
}

/**
 * Publishes a stream in a room, with the codec, bitrates and frame rate that the room asks for.
 * One audio and one video track are taken; either may be missing. They stay the caller's, who stops them.
 */
export function publish(room: string, stream: MediaStream, options: PublishOptions = {}): PublishSession {
  return new PublishSession(room, stream, options);
}

/** A host's side of a room, from `publish()`. */
export class PublishSession extends Session<PublishEvents> {
  /** What is sent, for a preview: it stays the same while its tracks are replaced. */
  readonly stream: MediaStream;
  readonly #stats = new PublishStatsReader();
  readonly #outgoing: Readonly<Record<MediaKind, OutgoingTrack>>;
  readonly #negotiation: PublishNegotiation;
  #warnings: readonly StreamWarning[] = [];

  constructor(room: string, stream: MediaStream, options: PublishOptions) {
    const sent = new MediaStream();
    const outgoing = {
      audio: new OutgoingTrack(() => this.#onSourceEnded('audio')),
      video: new OutgoingTrack(() => this.#onSourceEnded('video')),
    };
    void outgoing.audio.replace(stream.getAudioTracks()[0] ?? null);
    void outgoing.video.replace(stream.getVideoTracks()[0] ?? null);
    const negotiation = new PublishNegotiation(sent, outgoing, options);
    super(room, options, negotiation);
    this.stream = sent;
    this.#outgoing = outgoing;
    this.#negotiation = negotiation;
    this.#showTracks();
    this.on('state', (state) => {
      // The server tells those of a new connection anew.
      if (state !== 'live') this.#setWarnings([]);
    });
    this.on('ended', () => {
      outgoing.audio.release();
      outgoing.video.release();
    });
  }

  get muted(): PublishEvents['muted'] {
    return { audio: this.#outgoing.audio.isMuted, video: this.#outgoing.video.isMuted };
  }

  /** What is wrong with the stream now. */
  get warnings(): readonly StreamWarning[] {
    return this.#warnings;
  }

  /**
   * Sends another camera, a screen, or no picture, over the same connection. Only where the session began without any
   * video it connects anew. The track before is not stopped: it can come back.
   */
  setVideo(track: MediaStreamTrack | null): Promise<void> {
    return this.#replace('video', track);
  }

  /** Sends another microphone, or no sound, as `setVideo` does. */
  setAudio(track: MediaStreamTrack | null): Promise<void> {
    return this.#replace('audio', track);
  }

  /** Viewers get silence or a black picture; the connection and the device stay, also over a change of track. */
  setMuted(kind: MediaKind, muted: boolean): void {
    if (this.#outgoing[kind].isMuted === muted) return;
    this.#outgoing[kind].mute(muted);
    this.emit('muted', this.muted);
  }

  async stats(): Promise<PublishStats> {
    return this.#stats.read(await this.report(), this.state);
  }

  protected override receive(message: ServerMessage): void {
    if (message.type === 'warnings') this.#setWarnings(message.warnings);
  }

  #setWarnings(warnings: StreamWarning[]): void {
    const before = this.#warnings;
    if (before.length === 0 && warnings.length === 0) return;
    this.#warnings = warnings;
    this.emit('warnings', warnings);
    for (const warning of newWarnings(before, warnings)) this.emit('warning', warning);
  }

  async #replace(kind: MediaKind, track: MediaStreamTrack | null): Promise<void> {
    const outgoing = this.#outgoing[kind];
    const replaced = outgoing.replace(track);
    this.#showTracks();
    try {
      await replaced;
      if (kind === 'video') await this.#negotiation.applyDegradationPreference();
    } catch (cause) {
      // The connection was lost meanwhile: the next one takes the new track.
      if (!(cause instanceof DOMException) || cause.name !== 'InvalidStateError') throw cause;
    }
    // An offer that has been made without it has no place for it.
    if (track && !outgoing.sender && this.#negotiation.hasOffered) this.restart();
  }

  #showTracks(): void {
    const { audio, video } = this.#outgoing;
    setTracks(
      this.stream,
      [audio.track, video.track].filter((track) => track !== null),
    );
  }

  #onSourceEnded(kind: MediaKind): void {
    const { track } = this.#outgoing[kind];
    if (track) this.emit('source-ended', { kind, track });
  }
}
