import { pageElement } from './page-element.ts';

const thanksMs = 2_000;

/** The field with the link for viewers, and the button that copies it. */
export class ShareLink {
  readonly #field = pageElement('link', HTMLInputElement);
  readonly #button = pageElement('copy', HTMLButtonElement);
  readonly #watch = pageElement('watch', HTMLAnchorElement);

  constructor() {
    this.#button.addEventListener('click', () => void this.#copy());
  }

  show(room: string): void {
    this.#field.value = new URL(`/watch/${encodeURIComponent(room)}`, location.href).href;
    this.#watch.href = this.#field.value;
  }

  async #copy(): Promise<void> {
    this.#field.select();
    try {
      await navigator.clipboard.writeText(this.#field.value);
      this.#button.textContent = 'Copied';
    } catch {
      this.#button.textContent = 'Press Ctrl+C';
    }
    setTimeout(() => {
      this.#button.textContent = 'Copy link';
    }, thanksMs);
  }
}
