import { z } from 'zod';
import { settingNotes } from '../setting-notes.ts';

export const metrics = z.strictObject({
  enabled: z.boolean().default(true).register(settingNotes, {
    help: 'Serve figures for Prometheus at /metrics',
    expects: 'true or false',
  }),
  per_room: z.boolean().default(false).register(settingNotes, {
    help: 'Figures of each room too, labelled with its id: a time series a room, so only where rooms are few',
    expects: 'true or false',
  }),
});
