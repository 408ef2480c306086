/** Of the Network Information API, where there is one; TypeScript has no types for it. */
interface ConnectionNavigator {
  readonly connection?: EventTarget;
}

const windowEvents = ['online', 'offline', 'pageshow'];

/** Tells when the network may be another than before, or the page is back after its timers slept. */
export class NetworkWatch {
  readonly #onChange: () => void;
  readonly #connection = (navigator as ConnectionNavigator).connection;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    for (const event of windowEvents) window.addEventListener(event, this.#change);
    document.addEventListener('visibilitychange', this.#change);
    this.#connection?.addEventListener('change', this.#change);
  }

  stop(): void {
    for (const event of windowEvents) window.removeEventListener(event, this.#change);
    document.removeEventListener('visibilitychange', this.#change);
    this.#connection?.removeEventListener('change', this.#change);
  }

  readonly #change = (): void => {
    if (!document.hidden) this.#onChange();
  };
}
