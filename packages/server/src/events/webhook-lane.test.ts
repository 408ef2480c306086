import { expect, it } from 'vitest';
import type { StoredEvent } from '../history/records.ts';
import { WebhookLane } from './webhook-lane.ts';

function eventOf(event: number): StoredEvent {
  return { event, eventType: 'room.started', roomId: 'room', body: '{}' };
}

function drain(lane: WebhookLane): number[] {
  const numbers: number[] = [];
  for (let { first } = lane; first !== undefined; { first } = lane) {
    numbers.push(first.event);
    lane.shift();
  }
  return numbers;
}

it('lets what comes while it is read overtake nothing', () => {
  const lane = new WebhookLane('room', true);
  lane.beginRead();
  lane.add(eventOf(3));
  lane.fill([eventOf(1), eventOf(2)], false);
  expect(drain(lane)).toEqual([1, 2]);
  expect(lane.isEmpty).toBe(false);
  lane.beginRead();
  lane.fill([eventOf(3)], false);
  expect(drain(lane)).toEqual([3]);
  expect(lane.isEmpty).toBe(true);
});

it('takes nothing twice that was read with the rest', () => {
  const lane = new WebhookLane('room', true);
  lane.beginRead();
  lane.fill([eventOf(1), eventOf(2)], false);
  lane.add(eventOf(2));
  lane.add(eventOf(3));
  expect(drain(lane)).toEqual([1, 2, 3]);
});

it('looks again where it could not be read', () => {
  const lane = new WebhookLane('room', true);
  lane.beginRead();
  lane.failRead();
  lane.add(eventOf(2));
  expect([lane.first, lane.isEmpty]).toEqual([undefined, false]);
});
