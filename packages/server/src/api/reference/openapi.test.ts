import { expect, it } from 'vitest';
import { testApp } from '../../test-support/app.ts';
import { openApiDocument } from './openapi.ts';

/** Both sides in one form: names of parameters do not matter. */
const callOf = (method: string, url: string) => `${method.toUpperCase()} ${url.replaceAll(/:\w+|\{\w+\}|\*/g, '{}')}`;

async function servedCalls(): Promise<string[]> {
  const { app } = await testApp();
  return Array.from(app.routeTable, ([url, methods]) =>
    // Fastify answers HEAD wherever there is a GET.
    Array.from(methods)
      .filter((method) => method !== 'HEAD' || !methods.has('GET'))
      .map((method) => callOf(method, url)),
  ).flat();
}

function documentedCalls(): string[] {
  return Object.entries(openApiDocument().paths ?? {}).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => callOf(method, path)),
  );
}

it('describes every route of the server, and no other (add it under reference/operations)', async () => {
  const served = await servedCalls();
  expect(served).toContain('POST /rooms');
  expect(documentedCalls().sort()).toEqual(served.sort());
});

it('is served as it is made', async () => {
  const { call } = await testApp();
  const response = await call('GET', '/docs/openapi.json');
  expect(response.json()).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  expect((await call('GET', '/docs/asyncapi.json')).json()).toMatchObject({ asyncapi: '3.0.0' });
});

it('explains every code where the type of a problem leads', async () => {
  const { call } = await testApp();
  const problem = (await call('GET', '/rooms/none')).json();
  const [path = '', anchor] = String(problem.type).split('#');
  const page = await call('GET', path);
  expect(page.headers['content-type']).toContain('text/html');
  expect(page.body).toContain(`<section id="${anchor}">`);
});

it('tells the types of query parameters as they are checked', () => {
  const typesOf = (path: string, method: 'get' | 'post') =>
    (JSON.parse(JSON.stringify(openApiDocument())).paths[path][method].parameters ?? [])
      .filter((each: { in: string }) => each.in === 'query')
      .map((each: { name: string; required?: boolean; schema: { type: string }; description?: string }) => [
        ...[each.name, each.schema.type, each.required ?? false, typeof each.description],
      ]);
  expect(typesOf('/history/rooms', 'get')).toEqual([
    ['limit', 'integer', false, 'string'],
    ['cursor', 'string', false, 'string'],
    ['room_id', 'string', false, 'string'],
  ]);
  expect(typesOf('/whip/{room_id}', 'post')).toEqual([['takeover', 'boolean', false, 'string']]);
});
