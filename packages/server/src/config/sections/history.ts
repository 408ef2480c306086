import { z } from 'zod';
import { settingNotes } from '../setting-notes.ts';

export const history = z.strictObject({
  mode: z.enum(['sqlite', 'memory']).default('sqlite').register(settingNotes, {
    help: 'Where rooms, sessions and events are kept: in a file, so that rooms are there again after a restart, or in memory',
    expects: 'sqlite or memory',
  }),
  path: z
    .string()
    .max(4096)
    .regex(/^[^\p{Cc}]+$/u)
    .default('data/bitbasel.sqlite')
    .register(settingNotes, {
      help: 'The file of history.mode sqlite; its folder is made where it is missing. One server at a time',
      expects: 'a path, from the working directory unless it is absolute',
    }),
  keep_days: z.number().int().min(1).max(3650).default(30).register(settingNotes, {
    help: 'How long ended rooms, their sessions, and events are kept',
    expects: 'a whole number from 1 to 3650',
  }),
});
