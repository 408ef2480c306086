import { whipQuerySchema } from '@bitbasel/protocol';
import { offerErrors, type Resource } from '../operation.ts';
import { answered, preflight, sessionOperations } from './sdp-exchange.ts';

export const whipOperations: Resource = {
  tag: 'WHIP',
  description: 'Publishing with one POST of an offer (RFC 9725).',
  operations: {
    'POST /whip/{room_id}': {
      id: 'publishByWhip',
      summary: "Publish: the host's offer in, the answer out",
      text: ['application/sdp'],
      query: whipQuerySchema,
      answers: answered,
      errors: [
        ...offerErrors,
        'validation_failed',
        'room_not_found',
        'host_exists',
        'host_busy',
        'room_limit_reached',
        'server_full',
        'draining',
        'shutting_down',
      ],
    },
    'GET /whip/{room_id}': {
      id: 'probeWhip',
      summary: 'That this is a WHIP endpoint',
      answers: { 204: { description: 'It is' } },
    },
    'OPTIONS /whip/{room_id}': preflight('optionsWhip'),
    ...sessionOperations('/whip', 'Whip'),
  },
};
