import { formatBitrate } from '../format.ts';
import { pageElement } from '../page-element.ts';
import { readAgeOf, readCount } from './figures.ts';
import { KeyedTable, smallButton } from './keyed-table.ts';
import { hostBitrateBps, type RoomRecord, viewerBitrateBps } from './room-book.ts';

/** All rooms, each with a way to look at it and a way to end it. */
export class RoomList {
  readonly #table: KeyedTable<RoomRecord>;

  constructor(onStop: (roomId: string) => void) {
    this.#table = new KeyedTable<RoomRecord>(pageElement('rooms', HTMLTableElement), ({ info }) => info.room_id, [
      { title: 'Room', kind: 'name', element: ({ info }) => roomLink(info.room_id) },
      { title: 'State', text: ({ info }) => (info.is_active ? 'live' : 'waiting') },
      {
        title: 'Hosts',
        kind: 'name',
        text: ({ info }) => info.hosts.map((host) => host.user_id ?? 'unnamed').join(', '),
      },
      { title: 'Viewers', kind: 'number', text: ({ info }) => readCount(info.viewer_count) },
      { title: 'In', kind: 'number', text: ({ quality }) => (quality ? formatBitrate(hostBitrateBps(quality)) : '–') },
      {
        title: 'Out',
        kind: 'number',
        text: ({ quality }) => (quality ? formatBitrate(viewerBitrateBps(quality)) : '–'),
      },
      { title: 'Warnings', text: ({ info }) => info.warnings.map(({ code }) => code).join(', ') },
      { title: 'Age', kind: 'number', text: ({ info }) => readAgeOf(info.created_at, Date.now()) },
      {
        title: 'Action',
        element: ({ info }) => smallButton('Stop', `room ${info.room_id}`, () => onStop(info.room_id)),
      },
    ]);
  }

  show(records: readonly RoomRecord[], chosen: string | undefined): void {
    // Live rooms first, each kind in the order in which they were made.
    const live = records.filter(({ info }) => info.is_active);
    const waiting = records.filter(({ info }) => !info.is_active);
    this.#table.show([...live, ...waiting], chosen);
    pageElement('no-rooms', HTMLElement).hidden = records.length > 0;
  }
}

function roomLink(roomId: string): HTMLAnchorElement {
  const link = document.createElement('a');
  link.textContent = roomId;
  link.href = `#${new URLSearchParams({ room: roomId })}`;
  return link;
}
