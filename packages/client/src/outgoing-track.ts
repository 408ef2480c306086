export type MediaKind = 'audio' | 'video';

/** What is sent of one kind of media: it may be another track, or none, from one moment to the next. */
export class OutgoingTrack {
  readonly #onEnded: () => void;
  #track: MediaStreamTrack | null = null;
  #muted = false;
  /** As the track was before it was muted here: it is the caller's. */
  #wasEnabled = true;
  #sender: RTCRtpSender | undefined;

  /** @param onEnded the track has ended by itself: a camera was unplugged, or a screen is shared no more */
  constructor(onEnded: () => void) {
    this.#onEnded = onEnded;
  }

  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  get isMuted(): boolean {
    return this.#muted;
  }

  get sender(): RTCRtpSender | undefined {
    return this.#sender;
  }

  /** Of a new connection; undefined where that has none of this kind. */
  attach(sender: RTCRtpSender | undefined): void {
    this.#sender = sender;
  }

  /** Takes effect without a new negotiation, where there is a sender. */
  async replace(track: MediaStreamTrack | null): Promise<void> {
    if (track === this.#track) return;
    this.release();
    this.#track = track;
    this.#wasEnabled = track?.enabled ?? true;
    track?.addEventListener('ended', this.#onEnded);
    if (track && this.#muted) track.enabled = false;
    await this.#sender?.replaceTrack(track);
  }

  /** A muted track goes on as silence or black frames. */
  mute(muted: boolean): void {
    if (muted === this.#muted) return;
    this.#muted = muted;
    if (!this.#track) return;
    if (muted) this.#wasEnabled = this.#track.enabled;
    this.#track.enabled = !muted && this.#wasEnabled;
  }

  /** Gives the track back as it was. */
  release(): void {
    this.#track?.removeEventListener('ended', this.#onEnded);
    if (this.#track && this.#muted) this.#track.enabled = this.#wasEnabled;
  }
}
