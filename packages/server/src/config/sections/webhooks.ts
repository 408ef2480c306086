import { mediaEventTypes } from '@bitbasel/protocol';
import { z } from 'zod';
import { settingNotes } from '../setting-notes.ts';
import { webUrl } from '../web-url.ts';

/** As Standard Webhooks writes secrets: 24 to 64 random bytes. */
const secret = z.string().refine((text) => {
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const { length } = Buffer.from(base64, 'base64');
  return length >= 24 && length <= 64;
});

const endpoint = z.strictObject({
  url: webUrl,
  secret,
  events: z.array(z.enum(mediaEventTypes)).min(1).exactOptional(),
});

export type WebhookEndpoint = z.output<typeof endpoint>;

export const webhooks = z.strictObject({
  endpoints: z
    .array(endpoint)
    .max(16)
    // The queue of an endpoint goes by its URL.
    .refine((endpoints) => new Set(endpoints.map(({ url }) => url)).size === endpoints.length)
    .default([])
    .register(settingNotes, {
      help: 'Who is told of events by POST, signed with the secret; all events unless some are named',
      expects:
        'a list like [{"url":"https://example.org/hook","secret":"whsec_...","events":["room.started"]}], each URL once and without a password, secrets of 24 to 64 bytes in base64 after whsec_',
      hides: { allBut: ['url', 'events'] },
    }),
  timeout_seconds: z.number().int().min(1).max(300).default(10).register(settingNotes, {
    help: 'How long an endpoint may take to answer before the delivery counts as failed',
    expects: 'a whole number from 1 to 300',
  }),
  give_up_hours: z.number().int().min(1).max(720).default(72).register(settingNotes, {
    help: 'An event that could not be delivered for so long is dropped, and the log says so',
    expects: 'a whole number from 1 to 720',
  }),
});
