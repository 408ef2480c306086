import { menuIndexAfter } from './player-keys.ts';
import type { PlayerParts } from './player-parts.ts';
import { qualityText } from './player-text.ts';
import type { WatchSession } from './watch.ts';

/** The menu of qualities: opened by its button, gone through with the arrows, left with Escape. */
export class QualityMenu {
  readonly #parts: Pick<PlayerParts, 'quality' | 'qualityButton' | 'menu'>;
  #session: WatchSession | undefined;

  constructor(parts: Pick<PlayerParts, 'quality' | 'qualityButton' | 'menu'>) {
    this.#parts = parts;
    const { quality, qualityButton, menu } = parts;
    qualityButton.addEventListener('click', () => this.#toggle(menu.hidden !== false));
    qualityButton.addEventListener('keydown', (event) => this.#onButtonKey(event));
    menu.addEventListener('keydown', (event) => this.#onMenuKey(event));
    quality.addEventListener('focusout', (event) => {
      if (!(event.relatedTarget instanceof Node && quality.contains(event.relatedTarget))) this.#toggle(false);
    });
    this.show(undefined);
  }

  /** The menu is of use where there is more to choose than what is sent anyway. */
  show(session: WatchSession | undefined): void {
    this.#session = session;
    const { quality, qualityButton, menu } = this.#parts;
    const qualities = session?.qualities ?? [];
    quality.hidden = qualities.length <= 2;
    const chosen = qualities.find(({ id }) => id === session?.quality);
    qualityButton.textContent = qualityText(chosen?.label ?? 'Auto', session?.layer);
    qualityButton.setAttribute('aria-label', `Quality: ${qualityButton.textContent}`);
    // Entries keep their place and the focus while what they say changes.
    while (menu.childElementCount > qualities.length) menu.lastElementChild?.remove();
    while (menu.childElementCount < qualities.length) menu.append(this.#createItem());
    for (const [index, { id, label }] of qualities.entries()) {
      const item = this.#items[index];
      if (item === undefined) continue;
      item.textContent = label;
      item.dataset.quality = id;
      item.setAttribute('aria-checked', String(id === session?.quality));
    }
  }

  get #items(): HTMLElement[] {
    return [...this.#parts.menu.children].filter((item) => item instanceof HTMLElement);
  }

  #createItem(): HTMLElement {
    const item = document.createElement('button');
    item.type = 'button';
    item.tabIndex = -1;
    item.setAttribute('role', 'menuitemradio');
    item.setAttribute('part', 'menu-item');
    item.addEventListener('click', () => {
      this.#session?.setQuality(item.dataset.quality ?? 'auto');
      this.#close();
    });
    return item;
  }

  #toggle(isOpen: boolean): void {
    this.#parts.menu.hidden = !isOpen;
    this.#parts.qualityButton.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) this.#items.find((item) => item.getAttribute('aria-checked') === 'true')?.focus();
  }

  /** Back to where the menu was opened from. */
  #close(): void {
    this.#parts.qualityButton.focus();
    this.#toggle(false);
  }

  #onButtonKey(event: KeyboardEvent): void {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    this.#toggle(true);
  }

  #onMenuKey(event: KeyboardEvent): void {
    const items = this.#items;
    const index = items.findIndex((item) => item.matches(':focus'));
    const next = menuIndexAfter(event.key, index, items.length);
    if (next === undefined && event.key !== 'Escape') return;
    event.preventDefault();
    // Escape is for the menu, not for what the player stands in.
    event.stopPropagation();
    if (next === undefined) this.#close();
    else items[next]?.focus();
  }
}
