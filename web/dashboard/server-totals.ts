import type { ServerStats } from '@bitbasel/protocol';
import { formatBitrate } from '../format.ts';
import { pageElement } from '../page-element.ts';
import { Chart } from './chart.ts';
import { readBytes, readCount, showFigures } from './figures.ts';
import { Series } from './series.ts';

/** How much the whole server carries. */
export class ServerTotals {
  readonly #bitrates = new Series(2);
  readonly #viewers = new Series(1);
  readonly #charts: readonly [Chart, Chart];
  #before: { atMs: number; stats: ServerStats } | undefined;

  constructor() {
    const place = pageElement('server-charts', HTMLElement);
    this.#charts = [
      new Chart(place, { title: 'Bitrate', lines: ['in', 'out'], format: formatBitrate }),
      new Chart(place, { title: 'Viewers', lines: ['now'], format: readCount }),
    ];
  }

  show(stats: ServerStats, nowMs: number): void {
    const [inBps, outBps] = this.#rates(stats, nowMs);
    this.#before = { atMs: nowMs, stats };
    this.#bitrates.add(nowMs / 1000, [inBps, outBps]);
    this.#viewers.add(nowMs / 1000, [stats.total_viewers]);
    this.#charts[0].show(this.#bitrates);
    this.#charts[1].show(this.#viewers);
    showFigures(pageElement('totals', HTMLDListElement), [
      ['Rooms', readCount(stats.total_rooms)],
      ['Live', readCount(stats.active_rooms)],
      ['Hosts', readCount(stats.total_hosts)],
      ['Viewers', readCount(stats.total_viewers)],
      ['In since start', readBytes(stats.total_bytes_received)],
      ['Out since start', readBytes(stats.total_bytes_sent)],
    ]);
  }

  /** From what was counted since the look before; null at the first, and where another process counts now. */
  #rates(stats: ServerStats, nowMs: number): [number | null, number | null] {
    if (this.#before === undefined) return [null, null];
    const seconds = (nowMs - this.#before.atMs) / 1000;
    const rate = (key: 'total_bytes_received' | 'total_bytes_sent') => {
      const bytes = stats[key] - (this.#before?.stats[key] ?? 0);
      return bytes < 0 || seconds <= 0 ? null : (bytes * 8) / seconds;
    };
    return [rate('total_bytes_received'), rate('total_bytes_sent')];
  }

  close(): void {
    for (const chart of this.#charts) chart.close();
    pageElement('totals', HTMLDListElement).replaceChildren();
  }
}
