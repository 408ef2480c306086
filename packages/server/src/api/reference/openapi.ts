import { problemSchema } from '@bitbasel/protocol';
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponseObject } from 'zod-openapi';
import { errorCatalogue } from '../../errors.ts';
import { version } from '../../version.ts';
import { type Answer, jsonErrors, type Operation, pathParameters, type Resource, textErrors } from './operation.ts';
import { resources } from './resources.ts';

const problemType = 'application/problem+json';

/** The OpenAPI 3.1 document of all calls. */
export function openApiDocument() {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const resource of resources) {
    for (const [call, operation] of Object.entries(resource.operations)) {
      const [method = '', path = ''] = call.split(' ');
      const methods = paths[path] ?? {};
      paths[path] = methods;
      methods[method.toLowerCase()] = describe(path, operation, resource);
    }
  }
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'BitBasel Media Server',
      version,
      description:
        'Rooms, and media by WHIP, WHEP and JSON. Every error is a problem (RFC 9457) whose `code` is stable; ' +
        '`/docs/errors` explains each. WebSocket signaling has a document of its own, asyncapi.json.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The server that this document comes from' }],
    // Servers without keys to check tokens by ask for none.
    security: [{}, { token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    tags: resources.map(({ tag, description }) => ({ name: tag, description })),
    paths,
  });
}

function describe(path: string, operation: Operation, { tag }: Resource): ZodOpenApiOperationObject {
  const names = Array.from(path.matchAll(/{(\w+)}/g), ([, name = '']) => name);
  const parameters = {
    ...(names.length > 0 && {
      path: stringFields(
        names.map((name) => [name, parameterHelp(name, path)]),
        true,
      ),
    }),
    ...(operation.query && { query: operation.query }),
    ...(operation.headers && { header: stringFields(Object.entries(operation.headers), false) }),
  };
  const { json, text } = operation;
  const body = json
    ? { 'application/json': { schema: json } }
    : text && Object.fromEntries(text.map((type) => [type, { schema: z.string() }]));
  return {
    operationId: operation.id,
    tags: [tag],
    summary: operation.summary,
    ...(operation.description && { description: operation.description }),
    ...(Object.keys(parameters).length > 0 && { requestParams: parameters }),
    ...(body && { requestBody: { required: true, content: body } }),
    responses: { ...answersOf(operation), ...problemsOf(operation) },
  };
}

function parameterHelp(name: string, path: string): string {
  const help = pathParameters[name];
  if (help === undefined) throw new Error(`${path}: {${name}} is not among the path parameters of operation.ts`);
  return help;
}

function stringFields(help: readonly (readonly [string, string])[], required: boolean) {
  const field = (text: string) => (required ? z.string() : z.string().optional()).meta({ description: text });
  return z.object(Object.fromEntries(help.map(([name, text]) => [name, field(text)])));
}

function answersOf({ answers }: Operation): Record<`${1 | 2 | 3 | 4 | 5}${string}`, ZodOpenApiResponseObject> {
  return Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)]));
}

function responseOf({ description, json, type, headers }: Answer): ZodOpenApiResponseObject {
  const content = json
    ? { 'application/json': { schema: json } }
    : type === undefined
      ? undefined
      : { [type]: { schema: z.string() } };
  return {
    description,
    ...(content && { content }),
    ...(headers && { headers: stringFields(Object.entries(headers), false) }),
  };
}

/** One response a status, which names the codes that it can come with. */
function problemsOf({ json, text, errors = [] }: Operation) {
  const codes = new Set([...(json ? jsonErrors : []), ...(text ? textErrors : []), ...errors]);
  const byStatus = Map.groupBy(codes, (code) => errorCatalogue[code].status);
  const content = { [problemType]: { schema: problemSchema } };
  const described = Array.from(byStatus, ([status, some]) => [
    String(status),
    { description: some.map((code) => `\`${code}\`: ${errorCatalogue[code].title}`).join('. '), content },
  ]);
  return { ...Object.fromEntries(described), default: { description: 'Any other error', content } };
}
