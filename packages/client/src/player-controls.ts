import { actionOf, volumeAfter } from './player-keys.ts';
import type { PlayerParts } from './player-parts.ts';
import type { WatchSession } from './watch.ts';

/** iPhones know full screen for video elements only, under a name of their own. */
type IphoneVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void };

/** Play, sound and full screen, by pointer and by key. */
export class PlayerControls {
  readonly #host: HTMLElement;
  readonly #parts: PlayerParts;
  readonly #video: IphoneVideo;
  #session: WatchSession | undefined;

  constructor(host: HTMLElement, parts: PlayerParts) {
    this.#host = host;
    this.#parts = parts;
    this.#video = parts.video;
    for (const event of ['play', 'pause', 'volumechange']) parts.video.addEventListener(event, () => this.render());
    parts.play.button.addEventListener('click', () => this.#togglePlay());
    parts.start.addEventListener('click', () => void this.#session?.play());
    parts.mute.button.addEventListener('click', () => this.#toggleMute());
    parts.unmute.addEventListener('click', () => this.#unmute());
    parts.fullScreen.button.addEventListener('click', () => this.#toggleFullScreen());
    parts.video.addEventListener('dblclick', () => this.#toggleFullScreen());
    parts.volume.addEventListener('input', () => this.#setVolume(parts.volume.valueAsNumber));
    host.addEventListener('fullscreenchange', () => this.render());
    host.addEventListener('keydown', (event) => {
      if (this.onKey(event)) event.preventDefault();
    });
  }

  /** What is controlled from now on. */
  attach(session: WatchSession | undefined): void {
    this.#session = session;
    this.render();
  }

  /** @returns whether the key has done something */
  onKey(event: KeyboardEvent): boolean {
    // Of what a page has put into the player, keys are none of ours.
    const [target] = event.composedPath();
    if (event.defaultPrevented || (target instanceof Node && target !== this.#host && this.#host.contains(target)))
      return false;
    const onControl = target instanceof Element && target.matches('button, input, [role=menu] *');
    const action = actionOf(event, onControl);
    if (action === 'play') this.#togglePlay();
    else if (action === 'mute') this.#toggleMute();
    else if (action === 'full-screen') this.#toggleFullScreen();
    else if (action) this.#setVolume(volumeAfter(action, this.#video.muted ? 0 : this.#video.volume));
    return action !== undefined;
  }

  render(): void {
    const { paused, muted, volume } = this.#video;
    const { play, mute, fullScreen, unmute, start } = this.#parts;
    play.show(paused ? 'play' : 'pause', paused ? 'Play' : 'Pause');
    mute.show(muted ? 'muted' : 'sound', muted ? 'Unmute' : 'Mute');
    const isFull = this.#host.matches(':fullscreen');
    fullScreen.show(isFull ? 'shrink' : 'expand', isFull ? 'Exit full screen' : 'Full screen');
    this.#parts.volume.valueAsNumber = muted ? 0 : volume;
    this.#parts.volume.setAttribute('aria-valuetext', muted ? 'Muted' : `${Math.round(volume * 100)} %`);
    const isLive = this.#session?.state === 'live';
    start.hidden = !(isLive && paused);
    unmute.hidden = !(isLive && !paused && this.#session?.soundBlocked);
  }

  #togglePlay(): void {
    if (this.#video.paused) void this.#session?.play();
    else this.#video.pause();
  }

  #toggleMute(): void {
    if (this.#video.muted) this.#unmute();
    else this.#video.muted = true;
  }

  #unmute(): void {
    // Its button is gone then: the keyboard goes on from the one beside it.
    const hadFocus = this.#parts.unmute.matches(':focus');
    if (this.#session === undefined) this.#video.muted = false;
    void this.#session?.unmute();
    if (hadFocus) this.#parts.mute.button.focus();
  }

  #setVolume(volume: number): void {
    this.#video.volume = volume;
    if (volume === 0) this.#video.muted = true;
    else if (this.#video.muted) this.#unmute();
  }

  #toggleFullScreen(): void {
    if (this.#host.matches(':fullscreen')) void document.exitFullscreen();
    else if ('requestFullscreen' in this.#host) void this.#host.requestFullscreen();
    else this.#video.webkitEnterFullscreen?.();
  }
}
