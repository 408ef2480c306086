import { serverStatsSchema } from '@bitbasel/protocol';
import type { Resource } from '../operation.ts';

export const statsOperations: Resource = {
  tag: 'Statistics',
  description: 'Figures of the whole server.',
  operations: {
    'GET /stats': {
      id: 'getStats',
      summary: 'Rooms, peers and bytes of the whole server',
      answers: { 200: { description: 'Bytes are those on the wire, since the start', json: serverStatsSchema } },
    },
    'GET /metrics': {
      id: 'getMetrics',
      summary: 'Figures for Prometheus; where metrics.enabled says so',
      answers: { 200: { description: 'In the text format of Prometheus', type: 'text/plain' } },
    },
  },
};
