import { resolve } from 'node:path';
import { buildClient } from './client.ts';

buildClient(resolve(import.meta.dirname, '../../packages/node-client/dist'), 'node-client');
