import type { MediaEvent } from '@bitbasel/protocol';
import { pageElement } from '../page-element.ts';
import { readAge, readTime } from './figures.ts';
import { KeyedTable } from './keyed-table.ts';

const mostShown = 50;

/** The latest events, the last one first. */
export class Happenings {
  readonly #table: KeyedTable<MediaEvent>;
  #events: MediaEvent[] = [];

  constructor() {
    this.#table = new KeyedTable<MediaEvent>(pageElement('happenings', HTMLTableElement), ({ id }) => id, [
      { title: 'When', text: ({ time }) => readTime(time) },
      { title: 'What', text: ({ type }) => type },
      { title: 'Room', kind: 'name', text: ({ room_id }) => room_id ?? 'the server' },
      { title: 'More', kind: 'words', text: moreOf },
    ]);
  }

  add(event: MediaEvent): void {
    this.#events = [event, ...this.#events].slice(0, mostShown);
    this.#table.show(this.#events);
    pageElement('no-happenings', HTMLElement).hidden = true;
  }

  close(): void {
    this.#table.show([]);
    pageElement('no-happenings', HTMLElement).hidden = false;
  }
}

function moreOf(event: MediaEvent): string {
  switch (event.type) {
    case 'room.started':
      return event.data.owner === null ? '' : `owner ${event.data.owner}`;
    case 'room.ended':
      return `${event.data.reason}, after ${readAge(event.data.duration_seconds)}, ${event.data.peak_viewers} viewers at most`;
    case 'host.lost':
    case 'viewer.left':
      return `${who(event.data)}: ${event.data.reason}, after ${readAge(event.data.duration_seconds)}`;
    case 'host.back':
      return `${who(event.data)}, away for ${readAge(event.data.absent_seconds)}`;
    case 'host.live':
    case 'viewer.joined':
      return who(event.data);
    case 'stream.warning':
      return `${event.data.code}: ${event.data.detail} ${event.data.advice}`;
    case 'limit.hit':
      return `${event.data.limit}: ${event.data.detail}`;
    case 'chat.message':
      return '';
  }
}

function who({ user_id, session_id }: { user_id: string | null; session_id: string }): string {
  return user_id ?? session_id;
}
