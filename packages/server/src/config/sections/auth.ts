import { z } from 'zod';
import { settingNotes } from '../setting-notes.ts';

const seconds = (least: number, most: number) => z.number().int().min(least).max(most);
const secondsFrom = (least: number, most: number) => `a whole number from ${least} to ${most}`;
const text = z
  .string()
  .max(4096)
  .regex(/^[^\p{Cc}]+$/u);

export const auth = z.strictObject({
  required: z.boolean().default(false).register(settingNotes, {
    help: 'Refuse to start without a secret, a key file or a JWKS URL; NODE_ENV=production does too',
    expects: 'true or false',
  }),
  // RFC 7518, section 3.2: a key of HS256 has at least 256 bits.
  secret: text.min(32).exactOptional().register(settingNotes, {
    help: 'Shared secret of tokens signed with HS256; better in the environment than in a file or a flag',
    expects: 'at least 32 characters, for example from `openssl rand -hex 32`',
    hides: 'all',
  }),
  key_file: text.exactOptional().register(settingNotes, {
    help: 'Public key of tokens signed with RS256, ES256 or EdDSA',
    expects: 'the path of a PEM file with a public key',
  }),
  jwks_url: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .exactOptional()
    .register(settingNotes, {
      help: 'Where the public keys of tokens are looked up; fetched anew when a token names an unknown key',
      expects: 'an http or https URL',
      hides: 'credentials',
    }),
  jwks_cooldown_seconds: seconds(0, 86_400)
    .default(30)
    .register(settingNotes, {
      help: 'The JWKS URL is asked at most once in so long because of unknown keys',
      expects: secondsFrom(0, 86_400),
    }),
  issuer: text.exactOptional().register(settingNotes, {
    help: 'Tokens must have this `iss`',
    expects: 'text',
  }),
  audience: text.exactOptional().register(settingNotes, {
    help: 'Tokens must have this `aud`',
    expects: 'text',
  }),
  end_sessions_on_expiry: z.boolean().default(false).register(settingNotes, {
    help: 'End a session when its token expires, unless it has been given a later one; else tokens are for coming in',
    expects: 'true or false',
  }),
  resume_grace_seconds: seconds(0, 86_400)
    .default(60)
    .register(settingNotes, {
      help: 'How long a peer that was cut off may come back with its resume secret',
      expects: secondsFrom(0, 86_400),
    }),
  ticket_ttl_seconds: seconds(1, 3600)
    .default(30)
    .register(settingNotes, {
      help: 'How long a ticket stands in for a token',
      expects: secondsFrom(1, 3600),
    }),
});
