import type { ActiveSpeaker, ShownHost } from '/sdk/index.js';
import { pageElement } from './page-element.ts';

interface Tile {
  readonly figure: HTMLElement;
  readonly video: HTMLVideoElement;
}

/** The hosts beside the one on the main screen, a tile each; whoever speaks is marked. Sound goes by the main video's. */
export class CoHosts {
  readonly #main: HTMLVideoElement;
  readonly #grid = pageElement('co-hosts', HTMLElement);
  readonly #player = pageElement('player', HTMLElement);
  readonly #tiles = new Map<string | null, Tile>();
  #onScreen: string | null | undefined;
  #speaker: ActiveSpeaker | null = null;

  constructor(main: HTMLVideoElement) {
    this.#main = main;
    for (const event of ['play', 'pause', 'volumechange']) main.addEventListener(event, () => this.#follow());
  }

  show(hosts: readonly ShownHost[]): void {
    const others = hosts.filter(({ stream }) => stream !== null && stream !== this.#main.srcObject);
    this.#onScreen = hosts.find(({ stream }) => stream === this.#main.srcObject)?.userId;
    for (const [userId, { figure }] of this.#tiles) {
      if (others.some((host) => host.userId === userId)) continue;
      figure.remove();
      this.#tiles.delete(userId);
    }
    for (const { userId, stream } of others) {
      const { video } = this.#tiles.get(userId) ?? this.#addTile(userId);
      if (video.srcObject !== stream) video.srcObject = stream;
    }
    this.#grid.hidden = others.length === 0;
    this.#follow();
    this.#mark();
  }

  markSpeaker(speaker: ActiveSpeaker | null): void {
    this.#speaker = speaker;
    this.#mark();
  }

  #addTile(userId: string | null): Tile {
    const figure = document.createElement('figure');
    const video = document.createElement('video');
    const caption = document.createElement('figcaption');
    video.playsInline = true;
    video.setAttribute('aria-label', `Co-host ${userId ?? ''}`.trim());
    caption.textContent = userId ?? 'Co-host';
    figure.append(video, caption);
    this.#grid.append(figure);
    const tile = { figure, video };
    this.#tiles.set(userId, tile);
    return tile;
  }

  #follow(): void {
    const { muted, volume, paused } = this.#main;
    for (const { video } of this.#tiles.values()) {
      video.muted = muted;
      video.volume = volume;
      if (paused) video.pause();
      else void video.play().catch(() => {});
    }
  }

  #mark(): void {
    const isSpeaking = (userId: string | null) => this.#speaker !== null && this.#speaker.user_id === userId;
    for (const [userId, { figure }] of this.#tiles) figure.classList.toggle('speaking', isSpeaking(userId));
    const hasOthers = this.#tiles.size > 0;
    this.#player.classList.toggle('speaking', hasOthers && this.#onScreen !== undefined && isSpeaking(this.#onScreen));
  }
}
