import { createRoomSchema, roomInfoSchema, roomQualitySchema, roomStoppedSchema } from '@bitbasel/protocol';
import { z } from 'zod';
import type { Resource } from '../operation.ts';

export const roomOperations: Resource = {
  tag: 'Rooms',
  description: 'Rooms under ids that the caller chooses.',
  operations: {
    'GET /rooms': {
      id: 'listRooms',
      summary: 'All rooms, oldest first',
      answers: { 200: { description: 'The rooms', json: z.object({ rooms: z.array(roomInfoSchema) }) } },
    },
    'POST /rooms': {
      id: 'createRoom',
      summary: 'Make a room',
      description: 'The same id again by the same owner gives the room as it stands.',
      json: createRoomSchema,
      answers: { 201: { description: 'The room', json: roomInfoSchema } },
      errors: ['room_exists', 'room_limit_reached', 'draining', 'shutting_down'],
    },
    'GET /rooms/{room_id}': {
      id: 'getRoom',
      summary: 'One room',
      answers: { 200: { description: 'The room', json: roomInfoSchema } },
      errors: ['room_not_found'],
    },
    'GET /rooms/{room_id}/quality': {
      id: 'getRoomQuality',
      summary: 'How every session of the room is doing, and what the viewers have in common',
      answers: { 200: { description: 'The figures of this moment', json: roomQualitySchema } },
      errors: ['room_not_found'],
    },
    'DELETE /rooms/{room_id}/sessions/{session_id}': {
      id: 'kickSession',
      summary: 'End a session, and let its token back into the room no more',
      description: 'The session is named by its public id, as `GET /rooms/{room_id}/quality` lists it.',
      answers: {
        200: {
          description: 'Removed',
          json: z.object({ status: z.literal('kicked'), session_id: z.string() }),
        },
      },
      errors: ['room_not_found', 'session_not_found'],
    },
    'DELETE /rooms/{room_id}': {
      id: 'deleteRoom',
      summary: 'Stop a room and end every session in it',
      answers: { 200: { description: 'Stopped', json: roomStoppedSchema } },
      errors: ['room_not_found'],
    },
  },
};
