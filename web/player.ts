import type { WatchSession } from '/sdk/index.js';
import { pageElement } from './page-element.ts';

/** iPhones know full screen for video elements only, under a name of their own. */
type IphoneVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void };

/** The video of the watch page with its controls: play, sound and full screen, by pointer and by key. */
export class Player {
  readonly #video: IphoneVideo;
  readonly #session: WatchSession;
  readonly #frame = pageElement('player', HTMLElement);
  readonly #playButton = pageElement('play', HTMLButtonElement);
  readonly #muteButton = pageElement('mute', HTMLButtonElement);
  readonly #unmuteButton = pageElement('unmute', HTMLButtonElement);
  readonly #volume = pageElement('volume', HTMLInputElement);
  readonly #fullScreenButton = pageElement('full-screen', HTMLButtonElement);

  constructor(video: HTMLVideoElement, session: WatchSession) {
    this.#video = video;
    this.#session = session;
    session.on('sound-blocked', () => this.#render());
    session.on('play-blocked', () => this.#render());
    for (const event of ['play', 'pause', 'volumechange']) this.#video.addEventListener(event, () => this.#render());
    this.#playButton.addEventListener('click', () => this.#togglePlay());
    this.#muteButton.addEventListener('click', () => this.#toggleMute());
    this.#unmuteButton.addEventListener('click', () => this.#toggleMute());
    this.#fullScreenButton.addEventListener('click', () => this.#toggleFullScreen());
    this.#video.addEventListener('dblclick', () => this.#toggleFullScreen());
    this.#volume.addEventListener('input', () => this.#setVolume(this.#volume.valueAsNumber));
    document.addEventListener('fullscreenchange', () => this.#render());
    document.addEventListener('keydown', (event) => this.#onKey(event));
    this.#render();
  }

  #togglePlay(): void {
    if (this.#video.paused) void this.#session.play();
    else this.#video.pause();
  }

  #toggleMute(): void {
    if (this.#video.muted) void this.#session.unmute();
    else this.#video.muted = true;
  }

  #setVolume(volume: number): void {
    this.#video.volume = volume;
    this.#video.muted = volume === 0;
  }

  #toggleFullScreen(): void {
    if (document.fullscreenElement) void document.exitFullscreen();
    else if ('requestFullscreen' in this.#frame) void this.#frame.requestFullscreen();
    else this.#video.webkitEnterFullscreen?.();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // A focused button or slider has its own use for the space bar.
    const isFree = event.target === document.body || event.target === this.#video;
    if (event.key === 'm') this.#toggleMute();
    else if (event.key === 'f') this.#toggleFullScreen();
    else if (event.key === ' ' && isFree) {
      event.preventDefault();
      this.#togglePlay();
    }
  }

  #render(): void {
    const { paused, muted, volume } = this.#video;
    this.#playButton.textContent = paused ? 'Play' : 'Pause';
    this.#muteButton.textContent = muted ? 'Unmute' : 'Mute';
    this.#fullScreenButton.textContent = document.fullscreenElement ? 'Exit full screen' : 'Full screen';
    this.#volume.valueAsNumber = muted ? 0 : volume;
    this.#unmuteButton.hidden = !this.#session.soundBlocked;
  }
}
