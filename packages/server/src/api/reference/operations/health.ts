import { healthSchema, livenessSchema, readinessSchema } from '@bitbasel/protocol';
import type { Resource } from '../operation.ts';

export const healthOperations: Resource = {
  tag: 'Health',
  description: 'Is it up, and should it get new rooms and viewers?',
  operations: {
    'GET /health': {
      id: 'getHealth',
      summary: 'That the server answers',
      answers: { 200: { description: 'It does', json: healthSchema } },
    },
    'GET /health/live': {
      id: 'getLiveness',
      summary: 'That the process is alive; a failure calls for a restart',
      answers: { 200: { description: 'It is', json: livenessSchema } },
    },
    'GET /health/ready': {
      id: 'getReadiness',
      summary: 'Whether the server should get new rooms and sessions',
      answers: {
        200: { description: 'It should: every check holds', json: readinessSchema },
        503: { description: 'It should not: a check fails, or it drains', json: readinessSchema },
      },
    },
  },
};
