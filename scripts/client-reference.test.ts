import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { clientReference, clientReferencePath } from './client-reference.ts';

it('docs/api/client.md is what the SDK declares: else run `npm run documents`', { timeout: 120_000 }, () => {
  expect(readFileSync(clientReferencePath, 'utf8')).toBe(clientReference());
});
