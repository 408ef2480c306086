import { mostChatCharacters } from '@bitbasel/protocol';
import { z } from 'zod';
import { settingNotes } from '../setting-notes.ts';

const between = (least: number, most: number) => z.number().int().min(least).max(most);
const wholeNumber = (least: number, most: number) => `a whole number from ${least} to ${most}`;

export const chat = z.strictObject({
  enabled: z.boolean().default(true).register(settingNotes, {
    help: 'Rooms have a chat and reactions, unless their own settings say otherwise',
    expects: 'true or false',
  }),
  history_messages: between(0, 1000)
    .default(50)
    .register(settingNotes, {
      help: 'How many messages of a room are kept in memory, for those who join',
      expects: wholeNumber(0, 1000),
    }),
  max_characters: between(1, mostChatCharacters)
    .default(500)
    .register(settingNotes, {
      help: 'Longest message, in characters (code points)',
      expects: wholeNumber(1, mostChatCharacters),
    }),
  slow_mode_seconds: between(0, 3600)
    .default(0)
    .register(settingNotes, {
      help: 'Least time between two messages of one viewer, unless the settings of the room say otherwise',
      expects: wholeNumber(0, 3600),
    }),
  room_messages_per_second: between(1, 1000)
    .default(20)
    .register(settingNotes, {
      help: 'Most messages of one room: each is sent to everybody who is there',
      expects: wholeNumber(1, 1000),
    }),
  presence_names: between(0, 1000)
    .default(50)
    .register(settingNotes, {
      help: 'With more people than this in a chat, presence tells their number and no names',
      expects: wholeNumber(0, 1000),
    }),
  events: z.boolean().default(false).register(settingNotes, {
    help: 'Messages are told by webhooks and /events too (chat.message), and kept in the history with them',
    expects: 'true or false',
  }),
});
