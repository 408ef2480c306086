import type { RoomInfo } from '@bitbasel/protocol';
import { formatBitrate } from '../format.ts';
import { pageElement } from '../page-element.ts';
import { Chart } from './chart.ts';
import { readCount, readMs, readShare, readTime, showTexts } from './figures.ts';
import { HostTables } from './host-tables.ts';
import type { RoomRecord } from './room-book.ts';
import { ViewerTable } from './viewer-table.ts';

/** Either kind of session, as far as a kick needs it. */
export interface Kickable {
  readonly session_id: string;
  readonly user_id: string | null;
}

/** One room: its charts, its warnings and every session in it. */
export class RoomView {
  readonly #section = pageElement('room', HTMLElement);
  readonly #title = pageElement('room-title', HTMLElement);
  readonly #facts = pageElement('room-facts', HTMLElement);
  readonly #warnings = pageElement('room-warnings', HTMLUListElement);
  readonly #hosts: HostTables;
  readonly #viewers: ViewerTable;
  readonly #charts: readonly (readonly [
    chart: Chart,
    series: 'viewers' | 'bitrates' | 'roundTrips' | 'jitter' | 'losses',
  ])[];

  constructor(onKick: (session: Kickable) => void) {
    this.#hosts = new HostTables(onKick);
    this.#viewers = new ViewerTable(onKick);
    const place = pageElement('room-charts', HTMLElement);
    const ms = (value: number) => readMs(value);
    const share = (value: number) => readShare(value);
    this.#charts = [
      [new Chart(place, { title: 'Viewers', lines: ['now'], format: readCount }), 'viewers'],
      [new Chart(place, { title: 'Bitrate', lines: ['from hosts', 'to viewers'], format: formatBitrate }), 'bitrates'],
      [new Chart(place, { title: 'Round trip', lines: ['median', '9 of 10 below'], format: ms }), 'roundTrips'],
      [new Chart(place, { title: 'Jitter', lines: ['median', '9 of 10 below'], format: ms }), 'jitter'],
      [new Chart(place, { title: 'Loss', lines: ['of hosts', 'viewers, 9 of 10 below'], format: share }), 'losses'],
    ];
  }

  show(record: RoomRecord): void {
    const { info, quality } = record;
    this.#section.hidden = false;
    if (this.#title.textContent !== info.room_id) this.#title.textContent = info.room_id;
    this.#facts.textContent = factsOf(info);
    showTexts(
      this.#warnings,
      info.warnings.map(({ code, rid, user_id, detail, advice }) => {
        const whose = [user_id, rid].filter((word) => word).join(', ');
        return `${code}${whose && ` (${whose})`}: ${detail} ${advice}`;
      }),
    );
    this.#hosts.show(quality?.hosts ?? []);
    this.#viewers.show([...(quality?.viewers ?? [])]);
    for (const [chart, series] of this.#charts) chart.show(record[series]);
  }

  /** For who came here by the keyboard. */
  focus(): void {
    this.#title.focus();
  }

  hide(): void {
    this.#section.hidden = true;
    this.#title.textContent = '';
    this.#facts.textContent = '';
    showTexts(this.#warnings, []);
    this.#hosts.show([]);
    this.#viewers.show([]);
  }

  close(): void {
    this.hide();
    for (const [chart] of this.#charts) chart.close();
  }
}

function factsOf(info: RoomInfo): string {
  const { codec, target_bitrate_kbps, max_framerate } = info.media.video;
  const facts = [
    info.live_since === null ? 'Waiting for a host' : `Live since ${readTime(info.live_since)}`,
    info.owner !== null && `owner ${info.owner}`,
    info.post_id !== null && `post ${info.post_id}`,
    `made ${readTime(info.created_at)}`,
    `${readCount(info.viewer_count)} of at most ${readCount(info.max_viewers)} viewers`,
    `asks for ${codec}, ${formatBitrate(target_bitrate_kbps * 1000)}, ${max_framerate} fps`,
  ];
  return `${facts.filter((fact) => fact).join('; ')}.`;
}
