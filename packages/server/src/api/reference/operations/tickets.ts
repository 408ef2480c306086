import { ticketSchema } from '@bitbasel/protocol';
import type { Resource } from '../operation.ts';

export const ticketOperations: Resource = {
  tag: 'Tokens',
  description: 'For clients that can set no header, such as browsers at a WebSocket or an EventSource.',
  operations: {
    'POST /tickets': {
      id: 'createTicket',
      summary: 'Exchange the token for a ticket that can stand in a URL',
      description: 'It is good for one use and some seconds, as `?ticket=`.',
      answers: { 201: { description: 'The ticket', json: ticketSchema } },
    },
  },
};
