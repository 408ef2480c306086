import { BitbaselPlayer } from './player-element.ts';

export * from './chat.ts';
export { BitbaselPlayer, type PlayerEvents } from './player-element.ts';
export { type ClientErrorCode, type ErrorCode, StreamError } from './stream-error.ts';
export type { WatchEvents, WatchSession } from './watch.ts';
export type { WatchStats } from './watch-stats.ts';

declare global {
  interface HTMLElementTagNameMap {
    'bitbasel-player': BitbaselPlayer;
  }
}

// Where pages are rendered on a server there is nothing to define it in, and a page may load this twice.
if (globalThis.customElements?.get('bitbasel-player') === undefined)
  globalThis.customElements?.define('bitbasel-player', BitbaselPlayer);
