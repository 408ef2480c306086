import fc from 'fast-check';
import { openApiDocument } from '../../packages/server/src/api/reference/openapi.ts';
import { testApp } from '../../packages/server/src/test-support/app.ts';
import type { HttpCall } from '../hostile/http-call.ts';
import { candidateFragment, description } from './descriptions.ts';
import { hostileText, mutated } from './hostile-values.ts';
import { type KnownWords, newName, type SchemaRoot, valuesOf } from './schema-values.ts';
import { placeholders } from './stage.ts';

/** A call, and whether its connection breaks before all of its body is sent. */
export interface FuzzedCall extends HttpCall {
  readonly body: string | Buffer;
  readonly isCut: boolean;
}

const words: KnownWords = ['fuzzed', 'eve', 'nowhere', ...placeholders];
const json = 'application/json';
const textTypes = ['application/sdp', 'application/trickle-ice-sdpfrag'];

/** What one call of the document says of its query and body, as far as inputs are made of it. */
interface Documented {
  readonly parameters?: readonly { readonly in?: string; readonly name?: string; readonly schema?: unknown }[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> };
}

export interface HttpInputs {
  /** Of every route that the server has. */
  readonly calls: fc.Arbitrary<FuzzedCall>;
  /** Of those that take session descriptions or candidates. */
  readonly descriptions: fc.Arbitrary<FuzzedCall>;
}

/** Calls by the server's own table of routes, with the bodies and queries that its document says, and damaged ones. */
export async function httpInputs(): Promise<HttpInputs> {
  const { app } = await testApp();
  const document = JSON.parse(JSON.stringify(openApiDocument()));
  const documented = documentedCalls(document);
  const routes = Array.from(app.routeTable, ([url, methods]) => [...methods].map((method) => ({ method, url }))).flat();
  await app.close();
  const all = routes.map(({ method, url }) => {
    const { parameters = [], requestBody } = documented.get(callOf(method, url)) ?? {};
    const query = parameters.filter((each) => each.in === 'query').map(({ name = '' }) => name);
    const content = requestBody?.content ?? {};
    const takesSdp =
      Object.keys(content).some((type) => textTypes.includes(type)) || /"sdp"/.test(JSON.stringify(content));
    // Those that take nothing have little to be tried.
    const weight = requestBody === undefined && query.length === 0 ? 1 : 4;
    return { takesSdp, weight, arbitrary: callsOf(method, url, query, content, document) };
  });
  return { calls: fc.oneof(...all), descriptions: fc.oneof(...all.filter(({ takesSdp }) => takesSdp)) };
}

/** Both sides in one form: names of parameters do not matter. */
const callOf = (method: string, url: string) => `${method.toUpperCase()} ${url.replaceAll(/:\w+|\{\w+\}|\*/g, '{}')}`;

function documentedCalls({ paths }: { paths: Record<string, Record<string, Documented>> }): Map<string, Documented> {
  return new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, call]) => [callOf(method, path), call] as const),
    ),
  );
}

function callsOf(
  method: string,
  url: string,
  query: readonly string[],
  content: NonNullable<NonNullable<Documented['requestBody']>['content']>,
  root: SchemaRoot,
): fc.Arbitrary<FuzzedCall> {
  return fc.record({
    method: fc.oneof({ weight: 20, arbitrary: fc.constant(method) }, fc.constantFrom('PUT', 'DELETE', 'POST', 'TRACE')),
    path: fc.tuple(pathOf(url), queryOf(query)).map(([path, text]) => path + text),
    headers,
    isCut: fc.oneof({ weight: 20, arbitrary: fc.constant(false) }, fc.boolean()),
    ...bodyOf(Object.keys(content), content[json]?.schema, root),
  }) as fc.Arbitrary<FuzzedCall>;
}

const segment = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...words) },
  { weight: 1, arbitrary: newName },
  hostileText.map(encoded),
  fc.constantFrom('%', '%zz', '%ff', '%00', '%2e%2e', '..', '.', '%2F', 'a%2Fb', '*', ':room', 'x'.repeat(600)),
);

/** What a parameter of this name means something with. */
const meant: Readonly<Record<string, fc.Arbitrary<string>>> = {
  ':room': fc.oneof(fc.constant('fuzzed'), newName),
  ':user': fc.constant('eve'),
  ':session': fc.constantFrom('$host', '$viewer', '$offered'),
  ':stream': fc.constant('$stream'),
};

function pathOf(url: string): fc.Arbitrary<string> {
  const parts = url.split('/').map((part) => {
    if (!/^[:*]/.test(part)) return fc.constant(part);
    return fc.oneof({ weight: 2, arbitrary: meant[part] ?? segment }, { weight: 1, arbitrary: segment });
  });
  return fc.tuple(...parts).map((chosen) => chosen.join('/'));
}

function queryOf(names: readonly string[]): fc.Arbitrary<string> {
  const name = fc.constantFrom(...names, 'ticket', 'cursor', '__proto__', '%', '');
  const value = fc.oneof(segment, fc.integer().map(String), fc.constant('1e3'));
  const field = fc.tuple(name, value).map(([key, text]) => `${key}=${text}`);
  const some = fc.array(field, { minLength: 1, maxLength: 4 }).map((fields) => `?${fields.join('&')}`);
  return names.length > 0 ? fc.oneof(some, fc.constant('')) : fc.oneof({ weight: 9, arbitrary: fc.constant('') }, some);
}

const headers = fc.oneof(
  { weight: 12, arbitrary: fc.constant({}) },
  fc.dictionary(
    fc.constantFrom('authorization', 'if-match', 'origin', 'content-encoding', 'accept', 'last-event-id', 'range'),
    // Others never leave the client.
    hostileText.map((text) => text.replaceAll(/[^\t\x20-\x7e]/g, '')),
    { noNullPrototype: true },
  ),
);

function bodyOf(types: readonly string[], schema: unknown, root: SchemaRoot) {
  const right = schema === undefined ? fc.jsonValue({ maxDepth: 2 }) : valuesOf(schema, root, words);
  const [own = json] = types;
  const body = fc.oneof(
    { weight: types.includes(json) ? 12 : 1, arbitrary: mutated(right).map((value) => JSON.stringify(value) ?? '') },
    { weight: types.includes('application/sdp') ? 6 : 1, arbitrary: description },
    { weight: types.includes('application/trickle-ice-sdpfrag') ? 6 : 1, arbitrary: candidateFragment },
    fc.constant(''),
  );
  const strange = fc.constantFrom(
    'text/plain',
    'application/json; charset=utf-16',
    'multipart/form-data',
    '/',
    ';',
    json,
  );
  return {
    type: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...(types.length === 0 ? [own, ...textTypes] : types)) },
      strange,
    ),
    body: fc.tuple(body, fc.option(damage, { freq: 8 })).map(([text, how]) => (how === null ? text : how(text))),
  };
}

/** Of the text itself, whatever it holds. */
const damage: fc.Arbitrary<(text: string) => string | Buffer> = fc.oneof(
  fc.nat().map((at) => (text: string) => text.slice(0, at % (text.length + 1))),
  fc.constant((text: string) => `\ufeff${text}`),
  fc.constant((text: string) => Buffer.from(text, 'utf16le')),
  fc.tuple(fc.nat(), fc.nat(255)).map(([at, byte]) => (text: string) => {
    const bytes = Buffer.from(text);
    if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return bytes;
  }),
);

/** Half a surrogate pair has no percent-encoding. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
