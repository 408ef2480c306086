import fc from 'fast-check';
import { z } from 'zod';
import { description } from './descriptions.ts';

/** The part of JSON Schema that zod writes. */
const schemaShape = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});
type Schema = z.infer<typeof schemaShape>;

/** Where references lead: the document that they stand in. */
export type SchemaRoot = Readonly<Record<string, unknown>>;

/** Words that mean something to the server as it stands in the test: its rooms, users and sessions. */
export type KnownWords = readonly [string, ...string[]];

/** Of a room or a user that has not been there before. */
export const newName = fc.nat().map((number) => `new-${number}`);

/** Values that a JSON Schema takes, or nearly so: patterns with look-ahead are tried with the known words only. */
export function valuesOf(schema: unknown, root: SchemaRoot, words: KnownWords, name = ''): fc.Arbitrary<unknown> {
  const shape = schemaShape.parse(schema);
  if (shape.$ref !== undefined) return valuesOf(resolve(shape.$ref, root), root, words, name);
  if ('const' in shape) return fc.constant(shape.const);
  if (shape.enum !== undefined) return fc.constantFrom(...shape.enum);
  const choices = shape.anyOf ?? shape.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => valuesOf(choice, root, words, name)));
  const [type] = [shape.type].flat();
  switch (type) {
    case 'object':
      return objectOf(shape, root, words);
    case 'array':
      return fc.array(valuesOf(shape.items ?? {}, root, words), { maxLength: 5 });
    case 'string':
      return name === 'sdp' || name === 'offer' ? description : textOf(shape, words);
    case 'integer':
      return fc.integer({ min: bounded(shape.minimum ?? 0), max: bounded(shape.maximum ?? 1e6) });
    case 'number':
      return fc.double({ min: shape.minimum ?? -1e6, max: shape.maximum ?? 1e6, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

function objectOf(shape: Schema, root: SchemaRoot, words: KnownWords): fc.Arbitrary<unknown> {
  const fields = Object.entries(shape.properties ?? {}).map(
    ([name, field]) => [name, valuesOf(field, root, words, name)] as const,
  );
  const required = (shape.required ?? []).filter((name) => fields.some(([known]) => known === name));
  return fc.record(Object.fromEntries(fields), { requiredKeys: required, noNullPrototype: true });
}

function textOf({ pattern }: Schema, words: KnownWords): fc.Arbitrary<string> {
  const known = fc.oneof(fc.constantFrom(...words), newName);
  if (pattern === undefined) return fc.oneof(known, fc.string({ minLength: 1, maxLength: 20 }));
  try {
    return fc.oneof(known, fc.stringMatching(new RegExp(pattern, 'u'), { maxLength: 40 }));
  } catch {
    return known;
  }
}

/** fast-check wants whole numbers that are safe. */
function bounded(value: number): number {
  return Math.max(-(2 ** 53 - 1), Math.min(2 ** 53 - 1, Math.trunc(value)));
}

/** @param reference as `#/components/schemas/Room` */
function resolve(reference: string, root: SchemaRoot): unknown {
  const names = reference.replace(/^#\//, '').split('/');
  return names.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : {}),
    root,
  );
}
