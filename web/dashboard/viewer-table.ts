import type { ViewerQuality, ViewerTrack } from '@bitbasel/protocol';
import { formatBitrate } from '../format.ts';
import { pageElement } from '../page-element.ts';
import { readAgeOf, readCount, readMs, readShare } from './figures.ts';
import { KeyedTable, smallButton } from './keyed-table.ts';

/** More rows than anybody reads, and than a page redraws with ease. */
const mostRows = 200;

const orders: Readonly<Record<string, (viewer: ViewerQuality) => number>> = {
  since: (viewer) => Date.parse(viewer.created_at),
  loss: (viewer) => lossOf(viewer) ?? -1,
  'round-trip': (viewer) => viewer.round_trip_ms ?? -1,
  freezes: (viewer) => viewer.player?.freeze_count ?? -1,
};

/** Who watches a room, and how well. */
export class ViewerTable {
  readonly #table: KeyedTable<ViewerQuality>;
  readonly #order = pageElement('order', HTMLSelectElement);
  readonly #filter = pageElement('filter', HTMLInputElement);
  readonly #more = pageElement('more-viewers', HTMLElement);

  constructor(onKick: (session: ViewerQuality) => void) {
    const number = 'number' as const;
    this.#table = new KeyedTable<ViewerQuality>(
      pageElement('viewers', HTMLTableElement),
      ({ session_id }) => session_id,
      [
        { title: 'User', kind: 'name', text: ({ user_id }) => user_id ?? 'unnamed' },
        { title: 'Session', text: ({ session_id }) => session_id },
        { title: 'By', text: ({ kind, state }) => (state === 'connected' ? kind : `${kind}, ${state}`) },
        { title: 'Since', kind: number, text: ({ created_at }) => readAgeOf(created_at, Date.now()) },
        { title: 'Round trip', kind: number, text: ({ round_trip_ms }) => readMs(round_trip_ms) },
        { title: 'Loss', kind: number, text: (viewer) => readShare(lossOf(viewer)) },
        { title: 'Jitter', kind: number, text: (viewer) => readMs(videoOf(viewer)?.jitter_ms ?? null) },
        { title: 'Estimate', kind: number, text: ({ estimate_bps: bps }) => (bps === null ? '–' : formatBitrate(bps)) },
        { title: 'Sent', kind: number, text: ({ tracks }) => formatBitrate(bitrateOf(tracks)) },
        { title: 'Layer', text: (viewer) => layerOf(videoOf(viewer)) },
        { title: 'Freezes', kind: number, text: ({ player }) => readCount(player?.freeze_count) },
        { title: 'First frame', kind: number, text: ({ player }) => readMs(player?.first_frame_ms ?? null) },
        { title: 'Delay', kind: number, text: ({ player }) => readMs(player?.delay_ms ?? null) },
        {
          title: 'Action',
          element: (viewer) =>
            smallButton('Kick', `viewer ${viewer.user_id ?? viewer.session_id}`, () => onKick(viewer)),
        },
      ],
    );
  }

  show(viewers: readonly ViewerQuality[]): void {
    const wanted = this.#filter.value.trim().toLowerCase();
    const found = viewers.filter(({ user_id, session_id }) =>
      `${user_id ?? ''} ${session_id}`.toLowerCase().includes(wanted),
    );
    const weight = orders[this.#order.value] ?? (() => 0);
    const sorted = found.sort((a, b) => weight(b) - weight(a));
    this.#table.show(sorted.slice(0, mostRows));
    this.#more.hidden = sorted.length <= mostRows;
    this.#more.textContent = `And ${readCount(sorted.length - mostRows)} more: name a user to find one.`;
  }
}

function videoOf({ tracks }: ViewerQuality): ViewerTrack | undefined {
  return tracks.find(({ kind }) => kind === 'video') ?? tracks[0];
}

function lossOf(viewer: ViewerQuality): number | null {
  return videoOf(viewer)?.loss ?? null;
}

function bitrateOf(tracks: readonly ViewerTrack[]): number {
  return tracks.reduce((total, { bitrate_bps }) => total + bitrate_bps, 0);
}

function layerOf(track: ViewerTrack | undefined): string {
  if (track === undefined) return '–';
  const { rid, height, frames_per_second: fps, paused, starved } = track;
  const words = [rid, height > 0 && `${height}p`, fps !== null && `${Math.round(fps)} fps`];
  return [...words, paused && 'paused', starved && 'starved'].filter((word) => word).join(' ') || '–';
}
