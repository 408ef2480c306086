import { z } from 'zod';
import { configSchema } from './schema.ts';
import { settingNotes } from './setting-notes.ts';

/** Draft 7 is what editors know best. */
const target = 'draft-7';

/**
 * The JSON schema of the configuration file, for editors: made from the schema that the server itself checks it with.
 * It takes no value less than the server. What JSON schema cannot say (each URL once, a secret where there are TURN
 * servers), the server says at its start.
 */
export function configJsonSchema(): object {
  const { properties, $schema, ...rest } = z.toJSONSchema(configSchema, {
    target,
    io: 'input',
    // What a text is turned into has no part in the file.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const note = settingNotes.get(zodSchema);
      if (!note) return;
      // Zod leaves it out where the value is turned into another; what it is turned into is taken as well.
      if (zodSchema instanceof z.ZodDefault) jsonSchema.default ??= zodSchema.parse(undefined);
      jsonSchema.description = `${note.help}. Takes ${note.expects}.`;
      if (note.hides === 'all') jsonSchema.writeOnly = true;
    },
  });
  return {
    $schema,
    title: 'Configuration of the BitBasel media server',
    ...rest,
    properties: { $schema: { type: 'string', description: 'Where this schema is, for editors' }, ...properties },
  };
}
