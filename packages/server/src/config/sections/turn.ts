import { z } from 'zod';
import { settingNotes } from '../setting-notes.ts';

const turnUrl = z.string().regex(/^turns?:[^\s<>"]{1,256}$/);

/** TURN servers that share a secret with this one, and take the credentials that it makes of it. */
export const turn = z
  .strictObject({
    urls: z.array(turnUrl).max(16).default([]).register(settingNotes, {
      help: 'TURN servers that take time-limited credentials (coturn: use-auth-secret)',
      expects: 'a list like ["turn:turn.example.org:3478?transport=udp","turn:turn.example.org:3478?transport=tcp"]',
    }),
    secret: z.string().min(16).max(512).exactOptional().register(settingNotes, {
      help: 'The secret that this server shares with them (coturn: static-auth-secret); needed with turn.urls',
      expects: 'text of 16 to 512 characters',
      hides: 'all',
    }),
    ttl_seconds: z.number().int().min(60).max(604_800).default(43_200).register(settingNotes, {
      help: 'How long a credential is good for; a session that is under way outlives it only until its next refresh',
      expects: 'a whole number from 60 to 604800',
    }),
  })
  .refine(({ urls, secret }) => urls.length === 0 || secret !== undefined, { path: ['secret'] });
