import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { asyncApiDocument } from '../packages/server/src/api/reference/asyncapi.ts';
import { openApiDocument } from '../packages/server/src/api/reference/openapi.ts';
import { configJsonSchema } from '../packages/server/src/config/json-schema.ts';
import { errorNotes } from '../packages/server/src/error-notes.ts';
import { type ErrorCode, errorCatalogue } from '../packages/server/src/errors.ts';

// The documents that are made from the schemas and the catalogue of errors. `npm run documents` writes them;
// api-documents.test.ts shows when that is due.

const json = (document: object) => `${JSON.stringify(document, null, 2)}\n`;

function errorTable(): string {
  const rows = Object.entries(errorNotes).map(([code, { meaning, advice }]) => {
    const { status, retryable } = errorCatalogue[code as ErrorCode];
    return `| <a id="${code}"></a>\`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${meaning} | ${advice} |`;
  });
  return `# Errors

Over HTTP an error is a problem (RFC 9457, \`application/problem+json\`): branch on \`code\`, which is stable; \`detail\`
says what was wrong this time and what would be right; \`type\` leads to the entry in \`/docs/errors\` of the running
server. Over WebSocket it is an \`error\` message with the same code and \`retryable\`. Made by \`npm run documents\`.

| code | status | may succeed later | meaning | what to do |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

/** The errors of the clients for backends say what to do, too. */
const adviceByCode = () => Object.fromEntries(Object.entries(errorNotes).map(([code, { advice }]) => [code, advice]));

/** A module: importing JSON is an experiment of Node 20's, and warns. */
const adviceModule = () => `// Made by \`npm run documents\`, from the same notes as docs/errors.md.
export const advice: Readonly<Record<string, string | undefined>> = ${JSON.stringify(adviceByCode(), null, 2)};
`;

/** Text of every made document by its path in the repository. */
export const documents: Readonly<Record<string, () => string>> = {
  'docs/api/openapi.json': () => json(openApiDocument()),
  'docs/api/asyncapi.json': () => json(asyncApiDocument()),
  'docs/errors.md': errorTable,
  'packages/server/config.schema.json': () => json(configJsonSchema()),
  'python/src/bitbasel_media/advice.json': () => json(adviceByCode()),
  'packages/node-client/src/advice.ts': adviceModule,
};

export const repositoryRoot = resolve(import.meta.dirname, '..');

if (import.meta.main) {
  mkdirSync(resolve(repositoryRoot, 'docs/api'), { recursive: true });
  for (const [path, make] of Object.entries(documents)) writeFileSync(resolve(repositoryRoot, path), make());
}
