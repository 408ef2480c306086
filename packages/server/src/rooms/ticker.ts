const intervalMs = 20;

/** The one timer that drives all media: it runs while there is something to do, and holds nothing up otherwise. */
export class Ticker {
  readonly #tick: () => boolean;
  #timer: NodeJS.Timeout | undefined;

  /** @param tick returns false when it need not be called again until the next `wake` */
  constructor(tick: () => boolean) {
    this.#tick = tick;
  }

  wake(): void {
    this.#timer ??= setInterval(() => {
      if (!this.#tick()) this.stop();
    }, intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
