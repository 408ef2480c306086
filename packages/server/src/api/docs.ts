import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { configJsonSchema } from '../config/json-schema.ts';
import { errorNotes } from '../error-notes.ts';
import { type ErrorCode, errorCatalogue } from '../errors.ts';
import { open } from './access.ts';
import type { BrowserRoots } from './browser-files.ts';
import { setPageHeaders } from './page-headers.ts';
import { asyncApiDocument } from './reference/asyncapi.ts';
import { openApiDocument } from './reference/openapi.ts';

/** What the document page needs of Swagger UI; the rest of its package is not served. */
const uiFiles = ['swagger-ui.css', 'swagger-ui-bundle.js'];

/** The documents under `/docs`, made from the schemas at first use. */
export async function docRoutes(app: FastifyInstance, { roots }: { roots: BrowserRoots }): Promise<void> {
  app.addHook('onRequest', setPageHeaders);
  let openApi: object | undefined;
  let asyncApi: object | undefined;
  let configSchema: object | undefined;
  const config = { config: { access: open } };
  app.get('/docs/openapi.json', config, async () => (openApi ??= openApiDocument()));
  app.get('/docs/asyncapi.json', config, async () => (asyncApi ??= asyncApiDocument()));
  // For the `$schema` of configuration files, of just this version of the server.
  app.get('/docs/config.schema.json', config, async () => (configSchema ??= configJsonSchema()));

  const page = (file: string) => async (_request: FastifyRequest, reply: FastifyReply) =>
    reply.sendFile(file, roots.web);
  app.get('/docs', config, page('docs.html'));
  app.get('/docs/websocket', config, page('docs-websocket.html'));
  app.get('/docs/errors', config, async (_request, reply) => reply.type('text/html; charset=utf-8').send(errorPage()));

  app.get<{ Params: { file: string } }>('/docs/ui/:file', config, async ({ params }, reply) =>
    uiFiles.includes(params.file) ? reply.sendFile(params.file, roots.apiDocs) : reply.callNotFound(),
  );
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string) => text.replaceAll(/[&<>"]/g, (character) => escapes[character] ?? character);

/** Every code under an anchor of its own: the `type` of a problem leads here. */
function errorPage(): string {
  const entries = Object.entries(errorNotes).map(([code, { meaning, advice }]) => {
    const kind = errorCatalogue[code as ErrorCode];
    const again = kind.retryable ? 'may succeed later' : 'final';
    return (
      `<section id="${code}"><h2><code>${code}</code></h2><p>${kind.status} ${escapeHtml(kind.title)}, ${again}</p>` +
      `<p>${escapeHtml(meaning)} ${escapeHtml(advice)}</p></section>`
    );
  });
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8" /><title>Errors of the BitBasel media server</title>
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml" />
<link rel="stylesheet" href="/assets/style.css" /></head>
<body><main><h1>Errors</h1>
${entries.join('\n')}
</main></body>
</html>
`;
}
