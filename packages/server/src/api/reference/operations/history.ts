import {
  eventsQuerySchema,
  historyRoomQuerySchema,
  historyRoomsQuerySchema,
  roomHistoryDetailSchema,
  roomHistoryPageSchema,
} from '@bitbasel/protocol';
import type { Resource } from '../operation.ts';

export const historyOperations: Resource = {
  tag: 'History',
  description: 'What has been, and what happens.',
  operations: {
    'GET /history/rooms': {
      id: 'listRoomHistory',
      summary: 'Lives of rooms, ended and present ones, newest first',
      query: historyRoomsQuerySchema,
      answers: { 200: { description: 'A page', json: roomHistoryPageSchema } },
      errors: ['validation_failed'],
    },
    'GET /history/rooms/{room_id}': {
      id: 'getRoomHistory',
      summary: 'The last life of a room, or the one that is asked for, with its sessions',
      query: historyRoomQuerySchema,
      answers: { 200: { description: 'The room and a page of its sessions', json: roomHistoryDetailSchema } },
      errors: ['validation_failed', 'room_not_found'],
    },
    'GET /events': {
      id: 'streamEvents',
      summary: 'What happens, as server-sent events',
      query: eventsQuerySchema,
      headers: { 'Last-Event-ID': 'Go on after this one' },
      answers: { 200: { description: 'A stream without end', type: 'text/event-stream' } },
      errors: ['validation_failed', 'server_full'],
    },
  },
};
