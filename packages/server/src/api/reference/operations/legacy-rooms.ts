import { legacyCreateRoomSchema, legacyRoomSchema, legacyRoomStatsSchema, roomStoppedSchema } from '@bitbasel/protocol';
import type { Resource } from '../operation.ts';

export const legacyRoomOperations: Resource = {
  tag: 'Rooms of posts',
  description: 'Rooms that belong to a post, under ids that the server makes.',
  operations: {
    'POST /room/create': {
      id: 'createRoomForPost',
      summary: 'The room of a post; the same one for the same post and host as long as it lives',
      json: legacyCreateRoomSchema,
      answers: { 200: { description: 'Its id', json: legacyRoomSchema } },
      errors: ['room_limit_reached', 'draining', 'shutting_down'],
    },
    'POST /room/{room_id}/stop': {
      id: 'stopRoom',
      summary: 'Stop a room and end every session in it',
      answers: { 200: { description: 'Stopped', json: roomStoppedSchema } },
      errors: ['room_not_found'],
    },
    'GET /room/{room_id}/stats': {
      id: 'getRoomStats',
      summary: 'How a room is, or how one that has ended lately was left',
      answers: { 200: { description: 'Its figures', json: legacyRoomStatsSchema } },
      errors: ['room_not_found'],
    },
  },
};
