import { z } from 'zod';
import { settingNotes } from '../setting-notes.ts';

const origin = z.string().regex(/^(\*|https?:\/\/[A-Za-z0-9.[\]:-]{1,255})$/);

/** Which other sites' pages may call this server. */
export const cors = z.strictObject({
  origins: z.array(origin).max(100).default([]).register(settingNotes, {
    help: "Sites whose pages may use this server's HTTP; empty: any for WHIP, WHEP and the SDK, none for the rest",
    expects: 'a list like ["https://www.example.org"], or ["*"] for every site',
  }),
});
