import type { Resource } from './operation.ts';
import { chatOperations } from './operations/chat.ts';
import { documentOperations } from './operations/documents.ts';
import { healthOperations } from './operations/health.ts';
import { historyOperations } from './operations/history.ts';
import { iceServerOperations } from './operations/ice-servers.ts';
import { legacyRoomOperations } from './operations/legacy-rooms.ts';
import { livestreamOperations } from './operations/livestream.ts';
import { pageOperations } from './operations/pages.ts';
import { roomOperations } from './operations/rooms.ts';
import { statsOperations } from './operations/stats.ts';
import { ticketOperations } from './operations/tickets.ts';
import { whepOperations } from './operations/whep.ts';
import { whipOperations } from './operations/whip.ts';

/** All that the OpenAPI document describes. A route that is missing here fails openapi.test.ts. */
export const resources: readonly Resource[] = [
  healthOperations,
  statsOperations,
  roomOperations,
  chatOperations,
  legacyRoomOperations,
  livestreamOperations,
  iceServerOperations,
  ticketOperations,
  whipOperations,
  whepOperations,
  historyOperations,
  documentOperations,
  pageOperations,
];
