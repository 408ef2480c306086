import type { RoomHistory, RoomHistoryPage } from '@bitbasel/protocol';
import { pageElement } from '../page-element.ts';
import type { MediaServerApi } from './api.ts';
import { readBytes, readCount, readTime } from './figures.ts';
import { KeyedTable } from './keyed-table.ts';

const pageSize = 20;

/** Rooms that are and that have been, as the server's history keeps them. */
export class PastRooms {
  readonly #api: MediaServerApi;
  readonly #section = pageElement('past', HTMLElement);
  readonly #more = pageElement('more-past', HTMLButtonElement);
  readonly #table: KeyedTable<RoomHistory>;
  /** By the id of the run, which sorts as they began. */
  readonly #runs = new Map<string, RoomHistory>();
  #next: string | null | undefined;

  constructor(api: MediaServerApi, onMore: () => void) {
    this.#api = api;
    this.#more.onclick = onMore;
    this.#table = new KeyedTable<RoomHistory>(pageElement('past-rooms', HTMLTableElement), ({ run_id }) => run_id, [
      { title: 'Room', kind: 'name', text: ({ room_id }) => room_id },
      { title: 'From', text: ({ created_at }) => readTime(created_at) },
      { title: 'To', text: ({ ended_at }) => (ended_at === null ? 'now' : readTime(ended_at)) },
      { title: 'Ended by', text: ({ end_reason }) => end_reason ?? '–' },
      { title: 'Most viewers', kind: 'number', text: ({ peak_viewers }) => readCount(peak_viewers) },
      { title: 'Viewer minutes', kind: 'number', text: ({ viewer_minutes }) => viewer_minutes.toFixed(1) },
      { title: 'Host sessions', kind: 'number', text: ({ host_sessions }) => readCount(host_sessions) },
      { title: 'Viewer sessions', kind: 'number', text: ({ viewer_sessions }) => readCount(viewer_sessions) },
      { title: 'Sent', kind: 'number', text: ({ bytes_sent }) => readBytes(bytes_sent) },
    ]);
  }

  /** The newest ones again; what was shown of earlier ones stays. */
  async refresh(): Promise<void> {
    const { rooms, next } = await this.#page();
    if (this.#runs.size <= pageSize) this.#next = next;
    this.#take(rooms);
  }

  async more(): Promise<void> {
    if (typeof this.#next !== 'string') return;
    const { rooms, next } = await this.#page(this.#next);
    this.#next = next;
    this.#take(rooms);
  }

  #page(cursor?: string): Promise<RoomHistoryPage> {
    const query = new URLSearchParams({ limit: String(pageSize), ...(cursor !== undefined && { cursor }) });
    return this.#api.get(`/history/rooms?${query}`);
  }

  #take(rooms: readonly RoomHistory[]): void {
    for (const room of rooms) this.#runs.set(room.run_id, room);
    this.#table.show([...this.#runs.values()].sort((a, b) => (a.run_id < b.run_id ? 1 : -1)));
    this.#more.hidden = typeof this.#next !== 'string';
    this.#section.hidden = false;
  }

  close(): void {
    this.#section.hidden = true;
    this.#more.onclick = null;
    this.#table.show([]);
  }
}
