import { offerErrors, type Resource } from '../operation.ts';
import { answered, preflight, sessionOperations } from './sdp-exchange.ts';
import { belowSession } from './whep-session.ts';

export const whepOperations: Resource = {
  tag: 'WHEP',
  description: 'Watching with one POST of an offer (draft-ietf-wish-whep).',
  operations: {
    'POST /whep/{room_id}': {
      id: 'watchByWhep',
      summary: "Watch: the viewer's offer in, the answer out",
      text: ['application/sdp'],
      answers: answered,
      errors: [...offerErrors, 'room_not_found', 'not_live', 'room_full', 'server_full', 'draining', 'shutting_down'],
    },
    'HEAD /whep/{room_id}': {
      id: 'probeWhep',
      summary: 'That this is a WHEP endpoint',
      answers: { 200: { description: 'It is' } },
    },
    'OPTIONS /whep/{room_id}': preflight('optionsWhep'),
    ...sessionOperations('/whep', 'Whep'),
    ...belowSession,
  },
};
