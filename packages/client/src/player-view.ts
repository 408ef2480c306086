import { QualityMenu } from './player-menu.ts';
import type { PlayerParts } from './player-parts.ts';
import { delayText, messageOf, noticeOf, type PlayerMessage, viewersText } from './player-text.ts';
import type { WatchSession } from './watch.ts';

const notSupported = { code: 'not_supported', message: '' } as const;

/** Shows what a session tells: its state, how many watch, how late they see it, and the qualities. */
export class PlayerView {
  readonly #parts: PlayerParts;
  readonly #menu: QualityMenu;
  #session: WatchSession | undefined;

  constructor(parts: PlayerParts) {
    this.#parts = parts;
    this.#menu = new QualityMenu(parts);
    this.attach(undefined);
  }

  /** What is shown from now on. */
  attach(session: WatchSession | undefined): void {
    this.#session = session;
    this.showDelay(null);
    this.render();
  }

  /** For browsers that have no WebRTC. */
  showNotSupported(): void {
    this.#showMessage(messageOf('failed', notSupported));
  }

  render(): void {
    const { badge, viewers, notice } = this.#parts;
    const session = this.#session;
    const isLive = session?.state === 'live';
    this.#showMessage(session && messageOf(session.state, session.error));
    badge.textContent = isLive ? 'Live' : 'Off air';
    badge.classList.toggle('live', isLive);
    badge.hidden = session === undefined;
    viewers.textContent = viewersText(session?.viewerCount ?? 0);
    viewers.hidden = !isLive;
    notice.textContent = session?.layer && isLive ? noticeOf(session.layer) : '';
    notice.hidden = notice.textContent === '';
    this.#menu.show(session);
  }

  showDelay(delayMs: number | null): void {
    const { delay } = this.#parts;
    delay.textContent = delayText(delayMs);
    delay.hidden = delay.textContent === '';
    delay.title = 'How far behind the host this is';
  }

  #showMessage(told: PlayerMessage | undefined): void {
    const { message, title, detail, spinner, live } = this.#parts;
    message.hidden = told === undefined;
    spinner.hidden = told?.busy !== true;
    title.textContent = told?.title ?? '';
    detail.textContent = told?.detail ?? '';
    const spoken = told ? `${told.title}. ${told.detail}` : this.#session ? 'Live' : '';
    // Whatever is set is read out, also what was there before.
    if (live.textContent !== spoken) live.textContent = spoken;
  }
}
