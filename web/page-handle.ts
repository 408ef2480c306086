import type { PublishSession, PublishStats, WatchSession, WatchStats } from '/sdk/index.js';

/** A viewer's figures as its page knows them: with the delay measured from the picture where that has a time code. */
export interface WatchPageStats extends WatchStats {
  delaySource: 'measured' | 'estimated' | null;
}

/**
 * What the Go live and the Watch page show of themselves to tests and to the console, as `window.bitbasel`.
 * `await bitbasel.stats()` gives `PublishStats` on the one and `WatchPageStats` on the other.
 *
 * Both pages can be driven by their address: `/live?room=name&source=camera|screen|pattern&autostart=1` goes live by
 * itself, and `/watch/name` plays by itself unless it says `?autoplay=0`.
 */
export interface PageHandle {
  /** Undefined on the Go live page while nothing is sent. */
  readonly session: PublishSession | WatchSession | undefined;
  stats(): Promise<PublishStats | WatchPageStats | undefined>;
}

declare global {
  interface Window {
    bitbasel: PageHandle;
  }
}
