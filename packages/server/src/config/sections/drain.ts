import { z } from 'zod';
import { settingNotes } from '../setting-notes.ts';

export const drain = z.strictObject({
  // Within the 30 s that Kubernetes gives a process between SIGTERM and SIGKILL.
  deadline_seconds: z.number().int().min(0).max(86_400).default(25).register(settingNotes, {
    help: 'How long a server that is told to end (SIGTERM, SIGINT) waits for its sessions to go elsewhere; 0: not at all',
    expects: 'a whole number from 0 to 86400',
  }),
  spread_seconds: z.number().int().min(0).max(3600).default(10).register(settingNotes, {
    help: 'Its viewers are asked to go within so long, at random, at most 100 a second while that is shorter',
    expects: 'a whole number from 0 to 3600',
  }),
  reconnect_url: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .exactOptional()
    .register(settingNotes, {
      help: 'Base URL of the server that they are sent to; unless set, they come back to the address that they used',
      expects: 'an http or https URL, for example https://media2.example.org',
    }),
});
