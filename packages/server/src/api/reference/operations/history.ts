import { roomHistoryDetailSchema, roomHistoryPageSchema } from '@bitbasel/protocol';
import type { Resource } from '../operation.ts';

const page = { limit: 'Entries a page, 1 to 200; default 50', cursor: '`next` of the page before' };

export const historyOperations: Resource = {
  tag: 'History',
  description: 'What has been, and what happens.',
  operations: {
    'GET /history/rooms': {
      id: 'listRoomHistory',
      summary: 'Lives of rooms, ended and present ones, newest first',
      query: { ...page, room_id: 'Only those of this room' },
      answers: { 200: { description: 'A page', json: roomHistoryPageSchema } },
      errors: ['validation_failed'],
    },
    'GET /history/rooms/{room_id}': {
      id: 'getRoomHistory',
      summary: 'The last life of a room, or the one that is asked for, with its sessions',
      query: { ...page, run_id: 'Which of its lives' },
      answers: { 200: { description: 'The room and a page of its sessions', json: roomHistoryDetailSchema } },
      errors: ['validation_failed', 'room_not_found'],
    },
    'GET /events': {
      id: 'streamEvents',
      summary: 'What happens, as server-sent events',
      query: { room: 'Only what happens in this room', last_event_id: 'Go on after this one; as Last-Event-ID' },
      headers: { 'Last-Event-ID': 'Go on after this one' },
      answers: { 200: { description: 'A stream without end', type: 'text/event-stream' } },
      errors: ['validation_failed', 'server_full'],
    },
  },
};
