import {
  livestreamAcceptedSchema,
  livestreamAnswerSchema,
  livestreamEndSchema,
  livestreamJoinSchema,
  livestreamSessionSchema,
  livestreamStartSchema,
  roomStoppedSchema,
} from '@bitbasel/protocol';
import { offerErrors, type Resource } from '../operation.ts';

export const livestreamOperations: Resource = {
  tag: 'Livestreams',
  description: "A backend's calls: a user has a livestream, and the room behind it is found by the user.",
  operations: {
    'POST /livestream/start': {
      id: 'startLivestream',
      summary: 'Make a room and negotiate with its host',
      description: "With the host's own offer the answer comes back, else the server's offer, for /livestream/answer.",
      json: livestreamStartSchema,
      answers: { 200: { description: 'The session', json: livestreamSessionSchema } },
      errors: [
        ...offerErrors,
        'room_exists',
        'host_exists',
        'host_busy',
        'room_limit_reached',
        'server_full',
        'draining',
        'shutting_down',
      ],
    },
    'POST /livestream/answer': {
      id: 'answerLivestream',
      summary: "Take the host's answer to the offer of /livestream/start",
      json: livestreamAnswerSchema,
      answers: { 200: { description: 'Taken', json: livestreamAcceptedSchema } },
      errors: ['session_not_found', 'malformed_sdp', 'answer_mismatch', 'answer_not_expected'],
    },
    'POST /livestream/{user_id}/join': {
      id: 'joinLivestream',
      summary: "Answer a viewer's offer",
      json: livestreamJoinSchema,
      answers: { 200: { description: 'The session', json: livestreamSessionSchema } },
      errors: [...offerErrors, 'room_not_found', 'not_live', 'room_full', 'server_full', 'draining', 'shutting_down'],
    },
    'POST /livestream/end': {
      id: 'endLivestream',
      summary: 'Stop the room of a user, or a room',
      json: livestreamEndSchema,
      answers: { 200: { description: 'Stopped', json: roomStoppedSchema } },
      errors: ['room_not_found'],
    },
  },
};
