/** What the browser counts as consent to play: an event of the user's. */
const gestures = ['pointerup', 'touchend', 'keydown'];
/** Before anything on the page can stop the event. */
const capture = { capture: true };

export interface PlaybackEvents {
  onSoundBlocked(blocked: boolean): void;
  onPlayBlocked(blocked: boolean): void;
}

/** Plays in an element within the browser's rules for autoplay: with sound where that is allowed, else without. */
export class Playback {
  readonly #element: HTMLVideoElement;
  readonly #events: PlaybackEvents;
  #soundBlocked = false;
  #playBlocked = false;
  #ranOut = false;

  constructor(element: HTMLVideoElement, events: PlaybackEvents) {
    this.#element = element;
    this.#events = events;
    element.addEventListener('volumechange', this.#onVolume);
    element.addEventListener('pause', this.#onPause);
  }

  /** It plays without sound, since the browser wants a gesture first. */
  get soundBlocked(): boolean {
    return this.#soundBlocked;
  }

  /** It does not play at all, for the same reason; the next gesture starts it. */
  get playBlocked(): boolean {
    return this.#playBlocked;
  }

  async play(): Promise<void> {
    if (await this.#tryToPlay()) {
      this.#become(this.#soundBlocked && this.#element.muted, false);
      return;
    }
    const hadSound = !this.#element.muted;
    this.#element.muted = true;
    const plays = hadSound && (await this.#tryToPlay());
    // Of sound that nobody wanted none is missed.
    this.#become(hadSound || this.#soundBlocked, !plays);
  }

  /** To be called from a gesture of the user's. */
  async unmute(): Promise<void> {
    this.#element.muted = false;
    if (this.#element.volume === 0) this.#element.volume = 1;
    await this.play();
  }

  /** There are tracks again: plays on where Firefox stopped because those before had ended with their connection. */
  resume(): void {
    if (this.#ranOut) void this.play();
    this.#ranOut = false;
  }

  stop(): void {
    this.#element.removeEventListener('volumechange', this.#onVolume);
    this.#element.removeEventListener('pause', this.#onPause);
    this.#awaitGesture(false);
  }

  /** @returns false where the browser wants a gesture first */
  async #tryToPlay(): Promise<boolean> {
    try {
      await this.#element.play();
      return true;
    } catch (cause) {
      // Of another kind: paused, or given another source, before it began.
      return !(cause instanceof DOMException && cause.name === 'NotAllowedError');
    }
  }

  #become(soundBlocked: boolean, playBlocked: boolean): void {
    const soundChanged = soundBlocked !== this.#soundBlocked;
    const playChanged = playBlocked !== this.#playBlocked;
    this.#soundBlocked = soundBlocked;
    this.#playBlocked = playBlocked;
    this.#awaitGesture(playBlocked);
    if (soundChanged) this.#events.onSoundBlocked(soundBlocked);
    if (playChanged) this.#events.onPlayBlocked(playBlocked);
  }

  #awaitGesture(wanted: boolean): void {
    for (const gesture of gestures) {
      if (wanted) document.addEventListener(gesture, this.#onGesture, capture);
      else document.removeEventListener(gesture, this.#onGesture, capture);
    }
  }

  /** A user who pauses is left alone: to the element, that stream has not ended. */
  readonly #onPause = (): void => {
    this.#ranOut = this.#element.ended;
  };

  readonly #onGesture = (): void => void this.play();

  readonly #onVolume = (): void => {
    if (!this.#element.muted && !this.#element.paused) this.#become(false, this.#playBlocked);
  };
}
