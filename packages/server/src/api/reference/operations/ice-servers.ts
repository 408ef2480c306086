import { iceServerSchema } from '@bitbasel/protocol';
import { z } from 'zod';
import type { Resource } from '../operation.ts';

export const iceServerOperations: Resource = {
  tag: 'ICE servers',
  description: 'For clients that want to know them before they make a connection.',
  operations: {
    'GET /ice-servers': {
      id: 'listIceServers',
      summary: 'STUN and TURN servers, with credentials of this answer alone',
      answers: { 200: { description: 'The servers', json: z.object({ ice_servers: z.array(iceServerSchema) }) } },
    },
  },
};
