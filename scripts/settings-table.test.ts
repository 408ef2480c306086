import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { operationsPath, withSettingsTable } from './settings-table.ts';

it('docs/operations.md lists every setting as the schema has it (else run node scripts/settings-table.ts)', () => {
  const document = readFileSync(operationsPath, 'utf8');
  expect(document).toContain('| `server.port` | `8082` |');
  expect(document).toBe(withSettingsTable(document));
});
