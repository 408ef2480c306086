import { z } from 'zod';
import { settingNotes } from '../setting-notes.ts';

const expects = 'a whole number from 1, or false for no limit';

const perMinute = (most: number) =>
  z.union([z.number().int().min(1).max(1_000_000_000), z.literal(false)]).default(most);

const limit = (most: number, what: string) =>
  perMinute(most).register(settingNotes, {
    help: `Most ${what} a minute, from one address and from one identity each`,
    expects,
  });

/** The defaults let a thousand viewers behind one address come at once, and come again. */
export const rateLimits = z.strictObject({
  rooms_per_minute: limit(600, 'calls that create or stop rooms'),
  publishes_per_minute: limit(1200, 'WHIP POSTs, livestream starts and joins as host'),
  joins_per_minute: limit(6000, 'WHEP POSTs, livestream joins and joins as viewer'),
  session_changes_per_minute: limit(12_000, 'PATCH, DELETE and POST calls on sessions and chats'),
  connects_per_minute: limit(6000, 'WebSocket handshakes and tickets'),
  messages_per_minute: limit(60_000, 'WebSocket messages, counted by each server alone,'),
  requests_per_minute: limit(60_000, 'HTTP requests of any kind, counted by each server alone,'),
  chats_per_minute: perMinute(60).register(settingNotes, {
    help: 'Most chat messages a minute from one user, or from one session without an identity',
    expects,
  }),
  chats_per_address_per_minute: perMinute(1200).register(settingNotes, {
    help: 'Most chat messages a minute from one address',
    expects,
  }),
  reactions_per_minute: perMinute(600).register(settingNotes, {
    help: 'Most reactions a minute from one user, or from one session without an identity',
    expects,
  }),
  redis_url: z
    .url({ protocol: /^rediss?$/ })
    .exactOptional()
    .register(settingNotes, {
      help: 'Redis in which several servers count together; while it is away each counts alone',
      expects: 'a redis or rediss URL, for example redis://127.0.0.1:6379',
      hides: 'credentials',
    }),
});
