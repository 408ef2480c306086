import type { ViewerReport } from '@bitbasel/protocol';
import type { WatchStats } from './watch-stats.ts';

const intervalMs = 10_000;
/** How often it is looked for the first picture. */
const firstFrameIntervalMs = 100;

/** Tells the server how the player is doing: once the first picture is there, and every ten seconds. */
export class PlayerReporter {
  readonly #stats: () => Promise<WatchStats>;
  readonly #send: (report: ViewerReport) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #startMs = performance.now();
  #firstFrameMs: number | undefined;
  #stopped = false;

  constructor(stats: () => Promise<WatchStats>, send: (report: ViewerReport) => void) {
    this.#stats = stats;
    this.#send = send;
    this.#schedule();
  }

  /** Waiting for a host is no time that the player took. */
  onWaiting(): void {
    this.#startMs = performance.now();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    const delayMs = this.#firstFrameMs === undefined ? firstFrameIntervalMs : intervalMs;
    this.#timer = setTimeout(() => void this.#look(), delayMs);
  }

  async #look(): Promise<void> {
    const stats = await this.#stats();
    if (this.#stopped) return;
    if (stats.state === 'waiting') this.onWaiting();
    if (stats.framesDecoded > 0) {
      this.#firstFrameMs ??= Math.round(performance.now() - this.#startMs);
      this.#send(reportOf(stats, this.#firstFrameMs));
    }
    this.#schedule();
  }
}

function reportOf(stats: WatchStats, firstFrameMs: number): ViewerReport {
  return {
    first_frame_ms: firstFrameMs,
    freeze_count: stats.freezeCount,
    freeze_duration_ms: Math.round(stats.freezeDurationMs),
    frames_decoded: stats.framesDecoded,
    frames_dropped: stats.framesDropped,
    width: stats.width,
    height: stats.height,
    frames_per_second: stats.framesPerSecond,
    jitter_buffer_ms: Math.round(stats.jitterBufferMs),
    ...(stats.delayMs !== null && { delay_ms: Math.round(stats.delayMs) }),
  };
}
