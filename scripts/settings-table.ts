import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { configSchema } from '../packages/server/src/config/schema.ts';
import { settings } from '../packages/server/src/config/settings.ts';

// The table of settings in docs/operations.md, made from the schema that the server checks its configuration with.
// `node scripts/settings-table.ts` writes it; settings-table.test.ts shows when it is due.

export const operationsPath = resolve(import.meta.dirname, '../docs/operations.md');
const table = /(?<=<!-- settings -->\n)[\s\S]*(?=<!-- \/settings -->)/;

function defaultOf(key: string): string {
  const value = key.split('.').reduce<unknown>((at, name) => Object(at)[name], configSchema.parse({}));
  return value === undefined ? '' : `\`${JSON.stringify(value)}\``;
}

/** The document with its table as the schema has it now. */
export function withSettingsTable(document: string): string {
  const rows = settings.map(
    ({ key, help, expects }) =>
      `| \`${key}\` | ${defaultOf(key)} | ${help}. Takes ${expects.replaceAll('|', '\\|')}. |`,
  );
  return document.replace(table, ['| key | default | what |', '|---|---|---|', ...rows, ''].join('\n'));
}

if (import.meta.main) writeFileSync(operationsPath, withSettingsTable(readFileSync(operationsPath, 'utf8')));
