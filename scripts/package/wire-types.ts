import { z } from 'zod';
import * as protocol from '../../packages/protocol/src/index.ts';

/** What is used here of JSON Schema, as zod writes it. */
interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

const plainTypes: Readonly<Record<string, string>> = { integer: 'number' };

/**
 * Declarations of types of the protocol, with the descriptions of their schemas.
 * @param names of types that have a schema of their name in packages/protocol, such as `RoomInfo`
 */
export function wireTypes(names: readonly string[]): string {
  const declared = new Map<string, Schema>();
  for (const name of names) {
    const { $defs = {}, ...schema } = z.toJSONSchema(schemaOf(name)) as Schema;
    for (const [id, definition] of Object.entries($defs)) declared.set(id, definition);
    // One with an id of its own refers to its definition.
    if (schema.$ref !== `#/$defs/${name}`) declared.set(name, schema);
  }
  return [...declared]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => `${comment(schema, '')}export type ${name} = ${typeOf(schema, '')};\n`)
    .join('\n');
}

function schemaOf(name: string): z.ZodType {
  const key = `${name.charAt(0).toLowerCase()}${name.slice(1)}Schema`;
  const schema: unknown = Object.entries(protocol).find(([exported]) => exported === key)?.[1];
  if (schema instanceof z.ZodType) return schema;
  throw new Error(`A client names ${name} of the protocol, which has no ${key} to write it from.`);
}

function typeOf(schema: Schema, indent: string): string {
  const { $ref, anyOf, oneOf, type = 'unknown', items } = schema;
  const choices = anyOf ?? oneOf;
  if ($ref !== undefined) return $ref.split('/').at(-1) ?? 'unknown';
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (choices) return choices.map((choice) => typeOf(choice, indent)).join(' | ');
  if (type === 'array') return `Array<${items ? typeOf(items, indent) : 'unknown'}>`;
  if (type === 'object') return objectType(schema, indent);
  const types = typeof type === 'string' ? [type] : type;
  return types.map((name) => plainTypes[name] ?? name).join(' | ');
}

function objectType({ properties = {}, required = [], additionalProperties }: Schema, indent: string): string {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, schema]) => {
    const optional = required.includes(name) ? '' : '?';
    return `${comment(schema, inner)}${inner}${name}${optional}: ${typeOf(schema, inner)};\n`;
  });
  // Of an object with named keys, what else it holds is not described.
  const isRecord = typeof additionalProperties === 'object' && lines.length === 0;
  const value = isRecord ? typeOf(additionalProperties, inner) : 'unknown';
  if (additionalProperties) lines.push(`${inner}[key: string]: ${value};\n`);
  return `{\n${lines.join('')}${indent}}`;
}

function comment({ description }: Schema, indent: string): string {
  return description === undefined ? '' : `${indent}/** ${description} */\n`;
}
