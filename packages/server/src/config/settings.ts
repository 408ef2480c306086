import { z } from 'zod';
import { configSchema } from './schema.ts';
import { type SettingNote, settingNotes } from './setting-notes.ts';

/** One leaf of the configuration, and the names it goes by. */
export interface Setting extends SettingNote {
  /** As in the file and in flags, for example `server.port`. */
  readonly key: string;
  /** For example `BITBASEL_SERVER_PORT`. */
  readonly variable: string;
  readonly schema: z.ZodType;
}

const variablePrefix = 'BITBASEL_';

function variableName(key: string): string {
  return variablePrefix + key.replaceAll('.', '_').toUpperCase();
}

function collect(schema: z.ZodType, path: string): Setting[] {
  const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape).flatMap(([name, child]) => collect(child, path ? `${path}.${name}` : name));
  }
  const note = settingNotes.get(schema);
  if (!note) throw new Error(`${path} has no note`);
  return [{ key: path, variable: variableName(path), schema, ...note }];
}

export const settings: readonly Setting[] = collect(configSchema, '');

/** `BITBASEL_SERVER_`, ...: a variable under one of these is meant for this server, so a mistyped one is an error. */
export const variableSections: readonly string[] = Object.keys(configSchema.shape).map(
  (section) => `${variableName(section)}_`,
);

/**
 * A setting written as text, in a variable or a flag: as it stands where the setting takes text, else as JSON.
 * Text that is neither is handed on as it is, for the schema to refuse with the setting's name.
 */
export function settingFromText(setting: Setting, text: string): unknown {
  if (setting.schema.safeParse(text).success) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
