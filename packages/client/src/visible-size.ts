import type { LayerWish } from '@bitbasel/protocol';

/** While a window is being dragged, sizes come with every frame. */
const debounceMs = 250;

/** The part of a wish that an element's size and the page's visibility make. */
export type VisibleWish = Pick<LayerWish, 'visible_width' | 'visible_height' | 'paused'>;

/** Watches in which size a video element is shown, in pixels of the screen, and whether its page is seen at all. */
export class VisibleSize {
  readonly #element: HTMLVideoElement;
  readonly #onChange: (wish: VisibleWish) => void;
  readonly #resizes = new ResizeObserver(() => this.#later());
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told = '';

  constructor(element: HTMLVideoElement, onChange: (wish: VisibleWish) => void) {
    this.#element = element;
    this.#onChange = onChange;
    this.#resizes.observe(element);
    document.addEventListener('visibilitychange', this.#later);
    for (const event of pictureInPictureEvents) element.addEventListener(event, this.#later);
    this.#later();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#resizes.disconnect();
    document.removeEventListener('visibilitychange', this.#later);
    for (const event of pictureInPictureEvents) this.#element.removeEventListener(event, this.#later);
  }

  readonly #later = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#measure(), debounceMs);
  };

  #measure(): void {
    const inPicture = document.pictureInPictureElement === this.#element;
    const wish = visibleWish(this.#element, devicePixelRatio, document.hidden && !inPicture);
    // In its own little window the element's size says nothing.
    if (inPicture) {
      delete wish.visible_width;
      delete wish.visible_height;
    }
    const told = JSON.stringify(wish);
    if (told === this.#told) return;
    this.#told = told;
    this.#onChange(wish);
  }
}

const pictureInPictureEvents = ['enterpictureinpicture', 'leavepictureinpicture'];

/** An element without a size, which is not laid out (yet), says nothing of the picture; nor does a hidden page. */
export function visibleWish(
  { clientWidth, clientHeight }: Pick<HTMLElement, 'clientWidth' | 'clientHeight'>,
  pixelRatio: number,
  isHidden: boolean,
): VisibleWish {
  if (isHidden) return { paused: true };
  if (clientWidth === 0 || clientHeight === 0) return {};
  return {
    visible_width: Math.ceil(clientWidth * pixelRatio),
    visible_height: Math.ceil(clientHeight * pixelRatio),
  };
}
