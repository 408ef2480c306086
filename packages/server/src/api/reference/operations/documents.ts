import { z } from 'zod';
import type { Resource } from '../operation.ts';

const html = { 200: { description: 'The page', type: 'text/html' } };
const document = { 200: { description: 'The document', json: z.looseObject({}) } };

export const documentOperations: Resource = {
  tag: 'Documents',
  description: 'What you are reading.',
  operations: {
    'GET /docs': { id: 'docsPage', summary: 'The calls, to read and to try', answers: html },
    'GET /docs/websocket': { id: 'websocketDocsPage', summary: 'The messages of the WebSocket', answers: html },
    'GET /docs/errors': { id: 'errorDocsPage', summary: 'Every error code, and what to do', answers: html },
    'GET /docs/openapi.json': { id: 'openApi', summary: 'This document', answers: document },
    'GET /docs/asyncapi.json': { id: 'asyncApi', summary: 'AsyncAPI 3 of the WebSocket', answers: document },
    'GET /docs/config.schema.json': {
      id: 'configSchema',
      summary: 'JSON schema of the configuration file',
      answers: document,
    },
    'GET /docs/ui/{file}': {
      id: 'docsFile',
      summary: 'Scripts and styles of the document page',
      answers: { 200: { description: 'The file', type: '*/*' } },
      errors: ['not_found'],
    },
  },
};
