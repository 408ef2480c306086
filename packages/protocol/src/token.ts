import { z } from 'zod';
import { displayNameSchema } from './chat.ts';
import { userIdSchema } from './room.ts';

export const grants = ['publish', 'watch', 'manage'] as const;
/** `publish` and `watch` media of a room; `manage`: create, look at and stop it, and kick. */
export type Grant = (typeof grants)[number];

/** A room id, or a pattern of such: `*` stands for any characters, none included. */
export const roomPatternSchema = z
  .string()
  .regex(/^[A-Za-z0-9._~:@*-]{1,128}$/, 'must be a room id, in which * stands for any characters');

/** What a token may limit of the media that its bearer sends or gets. */
export const tokenCapsSchema = z.object({
  max_height: z.number().int().min(1).max(16_384).optional(),
  max_bitrate_kbps: z.number().int().min(1).max(1_000_000).optional(),
  max_framerate: z.number().int().min(1).max(1000).optional(),
});

/** The claims of a token (JWT). `exp` is required; whatever else a token holds is left alone. */
export const tokenClaimsSchema = z.object({
  room: roomPatternSchema,
  grants: z.array(z.enum(grants)).min(1),
  /** Who bears it. The server takes this for the user id. */
  sub: userIdSchema.optional(),
  /** Shown in the chat; one that could not be shown there is left out. */
  name: displayNameSchema.optional().catch(undefined),
  /** A kick revokes the token by it. */
  jti: z.string().min(1).max(256).optional(),
  exp: z.number(),
  caps: tokenCapsSchema.optional(),
});
export type TokenClaims = z.infer<typeof tokenClaimsSchema>;

/** The answer of `POST /tickets`: a stand-in for the caller's token, for one use, in the query as `ticket`. */
export const ticketSchema = z.object({ ticket: z.string(), expires_in_seconds: z.number().int() });
export type Ticket = z.infer<typeof ticketSchema>;
