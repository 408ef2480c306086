import { viewerReportSchema, whepEventsSchema, whepLayerSchema } from '@bitbasel/protocol';
import type { Resource } from '../operation.ts';
import { preflight } from './sdp-exchange.ts';

/** What stands below a WHEP session's URL and takes JSON. */
export const belowSession: Resource['operations'] = {
  'OPTIONS /whep/sessions/{session_id}/report': preflight('optionsViewerReport'),
  'POST /whep/sessions/{session_id}/report': {
    id: 'reportViewer',
    summary: "How the viewer's player is doing; at most one a second is taken",
    json: viewerReportSchema,
    answers: { 204: { description: 'Taken' } },
    errors: ['session_not_found'],
  },
  'OPTIONS /whep/sessions/{session_id}/layer': preflight('optionsLayer'),
  'POST /whep/sessions/{session_id}/layer': {
    id: 'selectLayer',
    summary: 'Choose the layer that the viewer is sent; takes the place of the choice before',
    json: whepLayerSchema,
    answers: { 200: { description: 'Taken' } },
    errors: ['session_not_found', 'layer_not_available'],
  },
  'OPTIONS /whep/sessions/{session_id}/sse': preflight('optionsSessionEvents'),
  'POST /whep/sessions/{session_id}/sse': {
    id: 'createSessionEvents',
    summary: 'Make a stream of server-sent events about the session; all of them where none is named',
    json: whepEventsSchema,
    answers: { 201: { description: 'Made', headers: { Location: 'URL of the stream, for GET' } } },
    errors: ['session_not_found', 'too_many_event_streams'],
  },
  'OPTIONS /whep/sessions/{session_id}/sse/{stream_id}': preflight('optionsSessionEventStream'),
  'GET /whep/sessions/{session_id}/sse/{stream_id}': {
    id: 'readSessionEvents',
    summary: 'Read the stream',
    answers: { 200: { description: 'Server-sent events', type: 'text/event-stream' } },
    errors: ['session_not_found'],
  },
  'DELETE /whep/sessions/{session_id}/sse/{stream_id}': {
    id: 'deleteSessionEvents',
    summary: 'End the stream',
    answers: { 200: { description: 'Ended' } },
    errors: ['session_not_found'],
  },
};
