import type { MediaEvent } from '@bitbasel/protocol';
import { isoTime } from '../rooms/clock.ts';
import { idOf, type Numbering } from './numbering.ts';
import type { StoreRecord } from './records.ts';

/** An event without what every event has. */
export type EventContent = MediaEvent extends infer Event
  ? Event extends MediaEvent
    ? Omit<Event, 'id' | 'time'>
    : never
  : never;

/** Numbers events, and writes them down as they go over the wire. */
export class WireEvents {
  readonly #numbering: Numbering;
  readonly #endpointsFor: (type: EventContent['type']) => readonly string[];

  constructor(numbering: Numbering, endpointsFor: (type: EventContent['type']) => readonly string[]) {
    this.#numbering = numbering;
    this.#endpointsFor = endpointsFor;
  }

  record({ type, room_id, data }: EventContent, atUs: number): StoreRecord {
    const event = this.#numbering.next();
    // In this order, for those who read it.
    const body = JSON.stringify({ id: idOf('evt', event), type, time: isoTime(atUs), room_id, data });
    return { type: 'event', event, roomId: room_id, eventType: type, body, endpoints: this.#endpointsFor(type) };
  }
}
